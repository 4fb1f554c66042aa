import random
import socket
from typing import Final

# Below the ports that the kernel gives to outgoing connections: one of those could take the port of a process
# that a test has killed and is about to start again.
PORTS: Final = range(10_000, 30_000)


def free_port() -> int:
    """Return a TCP port of the loopback that nobody uses now."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
