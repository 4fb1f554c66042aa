import asyncio
import os
import signal
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from services.chassis.environment import Environment


class Action(StrEnum):
    KILL = "kill"
    PAUSE = "pause"
    SLEEP = "sleep"
    ERROR = "error"


class Failpoint(NamedTuple):
    action: Action
    seconds: float
    marker: Path | None


class FailpointReached(Exception):
    """What a failpoint with the action `error` raises."""


class Failpoints:
    """Named places where a test makes this process die, stop, wait or fail.

    `spec` is `name=kill;other=pause;third=sleep:2;fourth=error`. `name=kill@/path/marker` fires once: the
    marker is written first, and a process started again finds it. A spec that cannot be read, and any spec
    outside of the test environment, is a ValueError.
    """

    def __init__(self, spec: str, environment: Environment) -> None:
        if spec and environment is not Environment.TEST:
            raise ValueError("FAILPOINTS is only for QUARTET_ENVIRONMENT=test: unset it")
        self._points = dict(_parse(entry) for entry in spec.split(";") if entry.strip())

    async def hit(self, name: str) -> None:
        """Do what the test asked for at this place; almost always that is nothing."""
        point = self._points.get(name)
        if point is None or not _claim(point.marker):
            return
        match point.action:
            case Action.KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            case Action.PAUSE:
                os.kill(os.getpid(), signal.SIGSTOP)
            case Action.SLEEP:
                await asyncio.sleep(point.seconds)
            case Action.ERROR:
                raise FailpointReached(name)


def _parse(entry: str) -> tuple[str, Failpoint]:
    name, separator, rest = entry.strip().partition("=")
    action, _, marker = rest.partition("@")
    kind, _, seconds = action.partition(":")
    if not name or not separator or kind not in list(Action):
        known = ", ".join(Action)
        raise ValueError(f"FAILPOINTS has {entry!r}: write name=action with an action out of {known}")
    return name, Failpoint(Action(kind), float(seconds or 0), Path(marker) if marker else None)


def _claim(marker: Path | None) -> bool:
    if marker is None:
        return True
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
