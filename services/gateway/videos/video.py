from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto

from services.chassis.errors import QuartetError
from services.gateway.dialogue import Attachment, Speaker


class AspectRatio(StrEnum):
    """Width to height: the values of `quartet.video.v1.AspectRatio`. Buttons carry them: they stay short."""

    WIDE = "w"
    TALL = "t"
    SQUARE = "s"


class State(Enum):
    """How far a job is: the values of `quartet.video.v1.VideoJobState`."""

    PENDING = auto()
    SUBMITTING = auto()
    RUNNING = auto()
    SUCCEEDED = auto()
    FAILED = auto()
    CANCELLED = auto()

    @property
    def is_final(self) -> bool:
        return self in (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class Form(Enum):
    """Which file of a video is wanted: the values of `quartet.video.v1.VideoForm`."""

    DISPLAY = auto()
    ORIGINAL = auto()
    THUMBNAIL = auto()


@dataclass(frozen=True)
class Order:
    """One video to be made. `job_id` is the id of the turn that orders it. Empty and zero: the default."""

    job_id: str
    speaker: Speaker
    prompt: str = ""
    model: str = ""
    duration_seconds: int = 0
    aspect_ratio: AspectRatio | None = None
    first_frame: Attachment | None = None
    first_frame_of: str = ""
    """A job whose first frame it takes, too."""


@dataclass(frozen=True)
class Film:
    """A video that is there."""

    width_pixels: int
    height_pixels: int
    duration_seconds: float
    original_size_bytes: int
    display_size_bytes: int
    cost_micros: int | None = None


@dataclass(frozen=True)
class Job:
    """A video on its way, or at its end."""

    job_id: str
    speaker: Speaker
    prompt: str
    state: State
    revision: int
    model: str = ""
    provider: str = ""
    duration_seconds: int = 0
    aspect_ratio: AspectRatio | None = None
    has_first_frame: bool = False
    failed_over: bool = False
    progress_percent: int | None = None
    jobs_ahead: int = 0
    expected_at: datetime | None = None
    estimated_cost_micros: int | None = None
    cancel_requested: bool = False
    film: Film | None = None
    failure: QuartetError | None = field(default=None)


@dataclass(frozen=True)
class Model:
    """A model that may be ordered from."""

    model: str
    durations_seconds: tuple[int, ...]
    default_duration_seconds: int
    aspect_ratios: tuple[AspectRatio, ...]
    takes_first_frame: bool
    needs_first_frame: bool = False
    cost_micros_per_second: int | None = None

    def cost_micros(self, duration_seconds: int) -> int | None:
        """What a video of that length costs, where the vendor tells."""
        return None if self.cost_micros_per_second is None else self.cost_micros_per_second * duration_seconds

    def longer_than(self, duration_seconds: int) -> int | None:
        """The next length, if there is one."""
        return next((each for each in self.durations_seconds if each > duration_seconds), None)


MODEL_FALLBACK = Model("", (5,), 5, (AspectRatio.WIDE, AspectRatio.TALL), takes_first_frame=True)
"""Of a model that is served no more: what is known of all of them."""


@dataclass(frozen=True)
class Allowance:
    """What a user may still order today."""

    seconds_per_day: int
    seconds_left: int
