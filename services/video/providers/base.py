from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from services.chassis.errors import QuartetError
from services.providers.base import Provider


class AspectRatio(StrEnum):
    """Width to height."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


@dataclass(frozen=True, slots=True)
class InputPicture:
    """A picture to be set in motion, checked and without what its camera wrote into it."""

    mime_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """What a vendor is asked for.

    Where its model has not that length or format, the vendor takes the nearest it has. `duration_seconds`
    zero: the model's default. `aspect_ratio` None: that of the first frame, or the model's default.
    `caller_key` tells users apart without naming them.
    """

    model: str
    prompt: str
    duration_seconds: int
    aspect_ratio: AspectRatio | None
    caller_key: str
    first_frame: InputPicture | None = None

    @property
    def image_mime_types(self) -> frozenset[str]:
        return frozenset({self.first_frame.mime_type} if self.first_frame else ())

    def for_model(self, model: str) -> Self:
        return replace(self, model=model)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The vendor has taken the order. `task_id` names it at the vendor's, also after restarts."""

    task_id: str
    estimated_cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a model can be asked for. Durations in seconds, ascending; never empty."""

    durations_seconds: tuple[int, ...]
    default_duration_seconds: int
    aspect_ratios: tuple[AspectRatio, ...]
    takes_first_frame: bool
    needs_first_frame: bool = False
    cost_micros_per_second: int | None = None


class TaskState(StrEnum):
    """How far a task is at the vendor's."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (TaskState.SUCCEEDED, TaskState.FAILED, TaskState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Task:
    """What the vendor says of a task.

    `output` is set when it succeeded, and only its provider can read it: an address that expires, a file's
    name. `failure` is set when it failed. `cost_micros` is what it cost, where the vendor tells.
    """

    state: TaskState
    progress_percent: int | None = None
    output: str = field(default="", repr=False)
    failure: QuartetError | None = None
    cost_micros: int | None = None
    output_token_count: int = 0


class VideoProvider(Provider[VideoRequest, Submitted], Protocol):
    """A vendor of video models.

    `stream` submits: it yields exactly one Submitted. No vendor has idempotency keys, so its errors say what
    is known: SubmissionUnknown where the vendor may have taken the order (no answer after the request was
    sent, or one that does not tell), and anything else only where it surely has not.
    """

    @property
    def offers(self) -> Mapping[str, Offer]:
        """What the models that users may choose can do, by their ids."""
        ...

    async def look(self, task_id: str) -> Task:
        """Ask how far a task is, once.

        Raises ResourceNotFound where the vendor has no such task; ProviderUnavailable,
        ProviderRateLimited and other QuartetErrors where it does not say.
        """
        ...

    async def cancel(self, task_id: str) -> None:
        """Have a task ended. One that is gone is left alone. Raises QuartetError.

        Only for tasks whose video nobody wants: of one that is over, the vendor may delete it.
        """
        ...

    async def download(self, output: str, into: Path, *, max_bytes: int) -> None:
        """Write the video of a task to a file, at once: addresses expire.

        Raises ResourceNotFound where it has expired, ProviderUnavailable where it breaks off, ContentRejected
        never, and InternalError for one that is larger than `max_bytes` or stands at an address that is not
        the vendor's to give.
        """
        ...
