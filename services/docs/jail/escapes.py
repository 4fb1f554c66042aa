import os
import socket
from collections.abc import Callable
from pathlib import Path


def escapes() -> list[str]:
    """Try what a confined process must not be able to, and name what succeeded."""
    attempts: dict[str, Callable[[], object]] = {
        "open a socket": lambda: socket.socket().close(),
        "read another file": lambda: Path("/etc/passwd").read_bytes(),
        "write a file": lambda: Path(f"/tmp/{os.getpid()}").write_bytes(b"x"),  # noqa: S108  # must fail
        "change a file": lambda: Path(__file__).chmod(0o644),
        "start a process": _fork,
        "run a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606  # must fail
        "signal its parent": lambda: os.kill(os.getppid(), 0),
    }
    return [name for name, attempt in attempts.items() if _succeeds(attempt)]


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
