import os
from pathlib import Path
from typing import NamedTuple

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_DEAD_STATES = ("Z", "X")


class ProcessIdentity(NamedTuple):
    """One life of one process, told apart from every other one, on this machine or elsewhere."""

    place: str
    """The kernel's boot and the namespace in which `pid` counts."""
    pid: int
    start_ticks: str
    """When it started: a number used before belongs to another life."""

    @classmethod
    def own(cls) -> "ProcessIdentity":
        _, start_ticks = _state_and_start(os.getpid()) or ("", "")
        return cls(_place(), os.getpid(), start_ticks)

    @classmethod
    def parse(cls, text: str) -> "ProcessIdentity | None":
        place, _, rest = text.rpartition("/")
        pid, _, start_ticks = rest.partition("@")
        return cls(place, int(pid), start_ticks) if place and pid.isdigit() else None

    def __str__(self) -> str:
        return f"{self.place}/{self.pid}@{self.start_ticks}"

    @property
    def is_certainly_dead(self) -> bool:
        """Whether the process has ended. False where that cannot be seen from here."""
        if self.place != _place() or not self.place:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            # It lives and is another user's; /proc may be mounted so that it hides those.
            return False
        found = _state_and_start(self.pid)
        return found is not None and (found[0] in _DEAD_STATES or found[1] != self.start_ticks)


def _place() -> str:
    """Empty where the kernel does not tell."""
    try:
        return f"{_BOOT_ID.read_text().strip()}.{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def _state_and_start(pid: int) -> tuple[str, str] | None:
    """Fields 3 and 22 of /proc/pid/stat, counted after the name, which may hold anything: proc(5)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], fields[19]
