import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

from services.chassis.errors import InternalError, QuartetError, by_reason
from services.video.providers.base import AspectRatio, Submitted

# Of jobs: what the store takes as a key and logs take as one word.
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
MAX_IDENTIFIER_CHARACTERS: Final = 128


def is_identifier(value: str) -> bool:
    return len(value) <= MAX_IDENTIFIER_CHARACTERS and IDENTIFIER.fullmatch(value) is not None


class State(StrEnum):
    """How far a job is."""

    PENDING = "pending"
    SUBMITTING = "submitting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return not NEXT[self]


NEXT: Final = {
    # Back to PENDING where every vendor surely refused for now, and it is asked again later.
    State.PENDING: {State.PENDING, State.SUBMITTING, State.FAILED, State.CANCELLED},
    State.SUBMITTING: {State.PENDING, State.SUBMITTING, State.RUNNING, State.FAILED, State.CANCELLED},
    State.RUNNING: {State.RUNNING, State.SUCCEEDED, State.FAILED, State.CANCELLED},
    State.SUCCEEDED: set[State](),
    State.FAILED: set[State](),
    State.CANCELLED: set[State](),
}


class ForbiddenMove(Exception):
    """A job cannot go from the one state to the other: a bug, or a race that somebody else has won."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose job it is: the user's who ordered it, and the chat's in which it is awaited."""

    user_id: int
    chat_id: int
    language_code: str = ""
    user_key: int = 0
    """What usage events know the user by."""

    def shares_with(self, other: "Owner") -> bool:
        """Whether the other may see it: the same user anywhere, and everyone in the same chat."""
        return self.user_id == other.user_id or self.chat_id == other.chat_id


@dataclass(frozen=True, slots=True)
class File:
    """A file in the vault."""

    name: str
    mime_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Specification:
    """What is wanted. `model` and `duration_seconds` are the default's where the user named none."""

    prompt: str
    model: str
    duration_seconds: int
    aspect_ratio: AspectRatio | None
    first_frame: File | None = None


@dataclass(frozen=True, slots=True)
class Film:
    """A video that is kept. `display` plays in place everywhere; it may be the original itself."""

    original: File
    display: File
    thumbnail: File
    width_pixels: int
    height_pixels: int
    duration_seconds: float
    has_sound: bool
    cost_micros: int | None
    output_token_count: int = 0

    @property
    def files(self) -> tuple[File, ...]:
        return tuple(dict.fromkeys((self.original, self.display, self.thumbnail)))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no video: the parts of a QuartetError that are kept."""

    reason: str
    message: str = ""
    metadata: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, error: QuartetError) -> Self:
        return cls(error.reason, error.message, dict(error.metadata))

    @property
    def error(self) -> QuartetError:
        # A reason that a newer release has written may be unknown here.
        kind = by_reason().get(self.reason, InternalError)
        return kind(self.message, metadata=self.metadata)


@dataclass(frozen=True, slots=True)
class Job:
    """One video, from its order to its end, as the store keeps it. It changes by compare-and-swap only."""

    job_id: str
    owner: Owner
    specification: Specification
    created_at: datetime
    updated_at: datetime
    state: State = State.PENDING
    work_sequence: int = 0
    """Of its message in the queue; zero until it stands there."""
    attempts: int = 0
    """How often vendors were to be asked, all of them together counting once."""
    not_before: datetime | None = None
    """While PENDING: it is not asked for again before."""
    provider: str = ""
    model: str = ""
    failed_over: bool = False
    submitter: str = ""
    """While SUBMITTING: the worker that asks."""
    submit_until: datetime | None = None
    """While SUBMITTING: after that nobody is asking any more."""
    task_id: str = ""
    progress_percent: int | None = None
    estimated_cost_micros: int | None = None
    cancel_requested: bool = False
    started_at: datetime | None = None
    film: Film | None = None
    failure: Failure | None = None

    @property
    def files(self) -> tuple[File, ...]:
        """All that the vault keeps of it."""
        frame = self.specification.first_frame
        return (*(self.film.files if self.film else ()), *((frame,) if frame else ()))

    def is_of(self, caller: Owner) -> bool:
        return self.owner.shares_with(caller)

    def waiting(self, not_before: datetime) -> Self:
        """Back in the queue: every vendor surely refused, and may take it later."""
        # Where all of them are known to be down, none was asked. It counts, or it would go on for ever.
        attempts = self.attempts + (self.state is State.PENDING)
        return self._to(
            State.PENDING, not_before=not_before, attempts=attempts, provider="", model="", submitter=""
        )

    def submitting(
        self, provider: str, model: str, submitter: str, until: datetime, *, failed_over: bool
    ) -> Self:
        """About to be submitted. Stored before the vendor is asked."""
        return self._to(
            State.SUBMITTING,
            provider=provider,
            model=model,
            submitter=submitter,
            submit_until=until,
            failed_over=failed_over,
            attempts=self.attempts + (self.state is State.PENDING),
        )

    def running(self, submitted: Submitted) -> Self:
        """A vendor has taken it. Stored before the vendor is asked how far it is."""
        return self._to(
            State.RUNNING,
            task_id=submitted.task_id,
            estimated_cost_micros=submitted.estimated_cost_micros,
            started_at=datetime.now(UTC),
        )

    def progressed(self, percent: int | None) -> Self:
        return self._to(State.RUNNING, progress_percent=percent)

    def succeeded(self, film: Film) -> Self:
        return self._to(State.SUCCEEDED, film=film, progress_percent=None)

    def failed(self, error: QuartetError) -> Self:
        return self._to(State.FAILED, failure=Failure.of(error), progress_percent=None)

    def cancelled(self) -> Self:
        return self._to(State.CANCELLED, progress_percent=None)

    def wanting_cancellation(self) -> Self:
        return replace(self, cancel_requested=True, updated_at=datetime.now(UTC))

    def queued(self, work_sequence: int) -> Self:
        return replace(self, work_sequence=work_sequence)

    def _to(self, state: State, **changes: object) -> Self:
        if state not in NEXT[self.state]:
            raise ForbiddenMove(f"{self.job_id}: {self.state} to {state}")
        return replace(self, state=state, updated_at=datetime.now(UTC), **changes)  # type: ignore[arg-type]
