import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for the vendor."""

    first_token_seconds: float
    next_token_seconds: float
    total_seconds: float


class Deadlines:
    """The moments at which one answer is given up: no first token, no next one, no end.

    Use it as the context of the whole answer. One timer serves all of it: at thousands of answers, timers
    that are set and taken back for every token cost more than the tokens.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self._loop = asyncio.get_running_loop()
        self._next_token_seconds = timeouts.next_token_seconds
        now = self._loop.time()
        self._end_at = now + timeouts.total_seconds
        self._due_at = min(now + timeouts.first_token_seconds, self._end_at)
        self._timer: asyncio.TimerHandle | None = None
        self._wait: Wait | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def advance(self) -> None:
        """A token came: the next one is awaited from now on."""
        self._due_at = min(self._loop.time() + self._next_token_seconds, self._end_at)
        # Set for the first token, the timer would come too late for the next one.
        if self._timer is not None and self._timer.when() > self._due_at:
            self._timer.cancel()
            self._timer = self._loop.call_at(self._due_at, self._check)

    def guard(self) -> "Wait":
        """Return the context in which to await the vendor; it raises TimeoutError."""
        return Wait(self)

    def begin(self, wait: "Wait") -> None:
        self._wait = wait
        if self._timer is None:
            self._timer = self._loop.call_at(self._due_at, self._check)

    def end(self) -> None:
        self._wait = None

    def _check(self) -> None:
        self._timer = None
        if self._wait is None:
            return  # the next wait sets the timer again
        if self._loop.time() < self._due_at:
            self._timer = self._loop.call_at(self._due_at, self._check)
        else:
            self._wait.expire()


class Wait:
    """One wait for the vendor. Like asyncio.timeout, it tells its own cancellation from another's."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._is_expired = False

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        self._deadlines.begin(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._deadlines.end()
        if not self._is_expired or self._task is None:
            return
        is_own = self._task.uncancel() <= self._cancelling
        if is_own and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise TimeoutError from error

    def expire(self) -> None:
        self._is_expired = True
        if self._task is not None:
            self._task.cancel()
