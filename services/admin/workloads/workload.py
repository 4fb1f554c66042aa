from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Home(StrEnum):
    """Where the services run."""

    KUBERNETES = "kubernetes"
    MACHINE = "machine"


class Action(StrEnum):
    """What may be done to a workload."""

    SCALE = "scale"
    RESTART = "restart"
    ROLL_BACK = "roll_back"


@dataclass(frozen=True)
class Pod:
    """One running copy: a pod, or a process."""

    name: str
    is_ready: bool
    state: str
    """Such as Running, Pending, CrashLoopBackOff, OOMKilled."""
    restarts: int
    version: str
    started_at: datetime | None
    memory_bytes: int = 0
    """Resident memory of a process; 0 for a pod."""


@dataclass(frozen=True)
class Revision:
    """How a workload was before."""

    number: int
    version: str
    made_at: datetime | None


@dataclass(frozen=True)
class Workload:
    """A service, and the copies it runs in."""

    name: str
    component: str
    version: str
    wanted: int
    ready: int
    is_changing: bool
    pods: Sequence[Pod] = ()
    actions: frozenset[Action] = frozenset()
    generation: int = 0
    """Grows with every change that somebody makes."""
    max_replicas: int = 0
    """The most copies that make sense; 0: no limit."""
    previous: Revision | None = None


@dataclass(frozen=True)
class Happening:
    """What Kubernetes says has happened."""

    at: datetime | None
    subject: str
    reason: str
    message: str
    count: int
    is_warning: bool


@dataclass(frozen=True)
class Overview:
    """Everything that runs, by component, and what has happened to it, the latest first."""

    home: Home
    workloads: Sequence[Workload]
    happenings: Sequence[Happening] = field(default=())


class Workloads(Protocol):
    """Where the services run. What may not be done is not among a workload's actions.

    Changes name the generation that was seen, and raise InvalidRequest where it is another one now,
    ResourceNotFound, PermissionDenied or ServiceUnavailable.
    """

    async def look(self) -> Overview: ...

    async def scale(self, name: str, replicas: int, *, generation: int) -> None: ...

    async def restart(self, name: str, *, generation: int) -> None: ...

    async def roll_back(self, name: str, revision: int, *, generation: int) -> None: ...
