from collections.abc import Iterable

from services.chassis.errors import StartupError


class PartFailed(Exception):
    """A part does not run. The text says which and why, and repeats the last lines it wrote."""

    def __init__(self, name: str, reason: str, last_lines: Iterable[str]) -> None:
        tail = [f"    {line}" for line in last_lines]
        super().__init__("\n".join([f"{name} {reason}", *(["Its last lines:", *tail] if tail else [])]))


class PartRefused(PartFailed):
    """A part refused its settings; starting it again would not help."""


class PortsTaken(StartupError):
    """Something else listens where a part has to."""


class AlreadyRunning(StartupError):
    """Another supervisor uses the same data folder."""
