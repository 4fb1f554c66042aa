import errno
import socket
from collections.abc import Iterable

from services.local.errors import PortsTaken
from services.local.parts import Part


def check(parts: Iterable[Part]) -> None:
    """Raise PortsTaken, which names each port that is taken, who needs it and the variable that moves it."""
    problems: list[str] = []
    owners: dict[int, str] = {}
    for part in parts:
        for host, port, variable in part.bindings:
            if port in owners:
                problems.append(
                    f"Port {port} is wanted by {owners[port]} and by {part.name}: set {variable} to another."
                )
            elif reason := _why_not(host, port):
                problems.append(
                    f"{part.name} needs port {port} on {host}, but {reason}. "
                    f"Stop what uses it, or set {variable} to a free port."
                )
            owners[port] = part.name
    if problems:
        raise PortsTaken("\n".join(problems))


def _why_not(host: str, port: int) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do: what a former run left in TIME_WAIT does not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return (
                "it is taken" if error.errno == errno.EADDRINUSE else f"it cannot be used: {error.strerror}"
            )
    return None
