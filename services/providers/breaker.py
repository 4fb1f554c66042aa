import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from services.chassis.backoff import Backoff
from services.chassis.errors import QuartetError

Clock = Callable[[], float]


class State(StrEnum):
    """Whether a vendor is asked: always, for one trial at a time, or not for now."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a breaker opens and for how long: jittered, twice as long after each trial that fails."""

    max_failures: int
    open_seconds: float
    longest_open_seconds: float


@dataclass(frozen=True, slots=True)
class Change:
    """A breaker came into another state. `error` is what opened it, so many seconds after it first did."""

    state: State
    error: QuartetError | None = None
    troubled_seconds: float = 0.0


class Breaker:
    """Keeps questions away from a vendor that does not answer.

    Opens after so many failures in a row, or at once when told that all will fail. When its time is over,
    exactly one question goes through as a trial; its outcome closes or opens the breaker again.
    """

    def __init__(
        self, policy: BreakerPolicy, on_change: Callable[[Change], None], *, clock: Clock = time.monotonic
    ) -> None:
        self._policy = policy
        self._on_change = on_change
        self._clock = clock
        self._pauses = Backoff(policy.open_seconds, longest_seconds=policy.longest_open_seconds)
        self._failures = 0
        self._era = 0
        self._open_until = 0.0
        self._troubled_since: float | None = None
        self._trial: Permit | None = None
        self.error: QuartetError | None = None

    @property
    def state(self) -> State:
        if self._troubled_since is None:
            return State.CLOSED
        return State.OPEN if self._clock() < self._open_until else State.HALF_OPEN

    @property
    def is_troubled(self) -> bool:
        """Whether what was asked last failed."""
        return self._failures > 0 or self._troubled_since is not None

    @property
    def wait_seconds(self) -> float:
        """How long until a trial may be made."""
        return max(0.0, self._open_until - self._clock())

    @property
    def would_admit(self) -> bool:
        return self.state is State.CLOSED or (self.state is State.HALF_OPEN and self._trial is None)

    def admit(self) -> "Permit":
        """Let one question through; only if it `would_admit`. Release the permit at the end."""
        permit = Permit(self, self._era)
        if self.state is State.HALF_OPEN:
            self._trial = permit
            self._on_change(Change(State.HALF_OPEN, self.error))
        return permit

    def settle(self, permit: "Permit", error: QuartetError | None, *, is_proven: bool) -> None:
        """Learn how a question went. What was asked before the breaker last moved tells nothing new."""
        if permit.era != self._era:
            return
        if error is not None:
            self._failures += 1
            if permit is self._trial or is_proven or self._failures >= self._policy.max_failures:
                self._open(error)
            return
        self._failures = 0
        if permit is self._trial:
            self._close()
            permit.era = self._era

    def release(self, permit: "Permit") -> None:
        if permit is self._trial:
            self._trial = None

    def _open(self, error: QuartetError) -> None:
        now = self._clock()
        since = self._troubled_since = now if self._troubled_since is None else self._troubled_since
        wished_seconds = min(error.retry_after_seconds or 0.0, self._policy.longest_open_seconds)
        self._open_until = now + max(self._pauses.next_seconds(), wished_seconds)
        self._era += 1
        self._trial = None
        self.error = error
        self._on_change(Change(State.OPEN, error, now - since))

    def _close(self) -> None:
        self._pauses.reset()
        self._era += 1
        self._trial = self._troubled_since = self.error = None
        self._open_until = 0.0
        self._on_change(Change(State.CLOSED))


class Permit:
    """Leave to ask one question. Not told how it went, it changes nothing."""

    def __init__(self, breaker: Breaker, era: int) -> None:
        self._breaker = breaker
        self.era = era

    def succeeded(self) -> None:
        self._breaker.settle(self, None, is_proven=False)

    def failed(self, error: QuartetError, *, is_proven: bool = False) -> None:
        self._breaker.settle(self, error, is_proven=is_proven)

    def release(self) -> None:
        """Free the place of the trial, if this was one."""
        self._breaker.release(self)
