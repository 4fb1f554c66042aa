import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Family(StrEnum):
    """Bot API methods that Telegram counts together."""

    MESSAGES = "messages"
    """Sends and edits."""
    DRAFTS = "drafts"
    """Drafts and chat actions."""
    FREE = "free"
    """Uncounted: answers to button presses, settings, deletions."""


class Priority(IntEnum):
    """Lower goes first."""

    FINAL = 0
    PROGRESS = 1
    COSMETIC = 2


@dataclass(frozen=True)
class Window:
    """At most `count` calls in any `seconds`, the last `reserved` of them for final text only."""

    count: int
    seconds: float
    reserved: int = 0


# Telegram publishes no exact figures. These stay a little below its FAQ's
# (core.telegram.org/bots/faq#my-bot-is-hitting-limits) and those of core.telegram.org/api/bots/ai, because
# calls that leave here a window apart may arrive closer together. A 429 overrules them.
PRIVATE_MESSAGES = (Window(3, 3.0, reserved=1), Window(5, 5.0))
GROUP_MESSAGES = (Window(12, 3.0, reserved=9), Window(19, 60.0, reserved=11))
"""In a group many may be answered in one moment: their answers may go in a burst, progress may not."""
DRAFTS = (Window(18, 5.0), Window(38, 30.0))


@dataclass
class Spending:
    """One call against a budget."""

    at: float

    def arrived(self, at: float) -> None:
        """Counts the call from the time of its answer: Telegram saw it no later than that."""
        self.at = at


class Budget:
    """What one chat may be sent of one family: a sliding window for each limit, and Telegram's own 429."""

    def __init__(self, windows: tuple[Window, ...], clock: Callable[[], float] = time.monotonic) -> None:
        self._windows = windows
        self._clock = clock
        self._spent: deque[Spending] = deque(maxlen=max((w.count for w in windows), default=0))
        self._blocked_until = 0.0

    def wait_seconds(self, priority: Priority) -> float:
        """How long until a call of this priority may go; zero when it may go now."""
        now = self._clock()
        wait = self._blocked_until - now
        for window in self._windows:
            allowed = window.count - (0 if priority is Priority.FINAL else window.reserved)
            recent = sorted(spent.at for spent in self._spent if spent.at > now - window.seconds)
            if len(recent) >= allowed:
                wait = max(wait, recent[-allowed] + window.seconds - now)
        return max(0.0, wait)

    def spend(self) -> Spending:
        spending = Spending(self._clock())
        self._spent.append(spending)
        return spending

    def block(self, seconds: float) -> None:
        """Obeys a `retry_after`."""
        self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    @property
    def idle(self) -> bool:
        """Whether nothing of the past matters any more."""
        now = self._clock()
        longest = max((window.seconds for window in self._windows), default=0.0)
        return now >= self._blocked_until and all(spent.at <= now - longest for spent in self._spent)
