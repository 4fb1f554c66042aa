from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from services.local.probes import Probe


class Stage(IntEnum):
    """Parts of a stage start together, once all of the stage before are ready."""

    STORE = 1
    STAND_INS = 2
    SERVICES = 3


class Binding(NamedTuple):
    """A place to listen, and the variable that moves it."""

    host: str
    port: int
    variable: str


@dataclass(frozen=True)
class Part:
    """One process: how to start it, where it listens, how to tell that it is ready."""

    name: str
    stage: Stage
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    bindings: tuple[Binding, ...]
    probe: Probe
