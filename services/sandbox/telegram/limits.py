import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.errors import ControlError, too_many_requests
from services.sandbox.telegram.wire import Json

_MAX_TRACKED: Final = 20_000
_GLOBAL_KEY: Final = 0

_Key = tuple[str, int | str, int]


class Family(StrEnum):
    """Methods that Telegram counts together."""

    MESSAGES = "messages"
    DRAFTS = "drafts"


@dataclass(frozen=True, slots=True)
class Window:
    """At most `calls` within any `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """Telegram publishes only rough figures: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits"""

    per_chat_per_second: float = 1.0
    """In private chats. In groups only the limit per minute is known to be enforced."""
    burst: int = 5
    group_per_minute: int = 20
    global_per_second: int = 30


@dataclass(frozen=True, slots=True)
class Limits:
    enabled: bool = True
    messages: MessageLimits = field(default_factory=MessageLimits)
    drafts: tuple[Window, ...] = (Window(20, 5.0), Window(40, 30.0))

    def to_json(self) -> Json:
        messages = {name: getattr(self.messages, name) for name in self.messages.__slots__}
        windows = [[window.calls, window.seconds] for window in self.drafts]
        families = {Family.MESSAGES.value: messages, Family.DRAFTS.value: {"windows": windows}}
        return {"enabled": self.enabled, "families": families}


def read_limits(json: Json, current: Limits) -> Limits:
    """The limits a control request asks for; what it does not mention stays. Raises ControlError."""
    families = json.get("families", {})
    try:
        known = {name: getattr(current.messages, name) for name in MessageLimits.__slots__}
        messages = MessageLimits(**(known | families.get(Family.MESSAGES.value, {})))
        windows = families.get(Family.DRAFTS.value, {}).get("windows")
        drafts = tuple(Window(int(calls), float(seconds)) for calls, seconds in windows or ())
    except (TypeError, ValueError, AttributeError) as error:
        raise ControlError(f"limits are not understood: {error}") from error
    enabled = bool(json.get("enabled", current.enabled))
    return Limits(enabled, messages, current.drafts if windows is None else drafts)


class RateLimiter:
    """Sliding windows per chat and family. A refused call is not counted, so it does not extend the wait."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: OrderedDict[_Key, deque[float]] = OrderedDict()
        self.limits = limits

    def replace(self, limits: Limits) -> None:
        self.limits = limits
        self._taken.clear()

    def spend(self, family: Family, chat: Chat) -> None:
        """Counts a call; raises ApiError 429 with whole seconds to wait where a window is full."""
        self._spend(family, self._windows(family, chat))

    def spend_inline(self, inline_message_id: str) -> None:
        """Counts an edit of a message in a chat the bot cannot know: each is paced as a private chat."""
        windows = [self._everywhere(), (inline_message_id, self._in_private())]
        self._spend(Family.MESSAGES, windows)

    def _spend(self, family: Family, windows: Sequence[tuple[int | str, Window]]) -> None:
        if not self.limits.enabled:
            return
        now = self._clock()
        passed = []
        wait_seconds = 0.0
        for index, (key, window) in enumerate(windows):
            taken = self._history((family.value, key, index), window)
            if len(taken) >= window.calls:
                wait_seconds = max(wait_seconds, taken[-window.calls] + window.seconds - now)
            passed.append(taken)
        if wait_seconds > 0:
            raise too_many_requests(max(1, math.ceil(wait_seconds)))
        for taken in passed:
            taken.append(now)

    def _windows(self, family: Family, chat: Chat) -> list[tuple[int | str, Window]]:
        if family is Family.DRAFTS:
            return [(chat.id, window) for window in self.limits.drafts]
        in_group = Window(self.limits.messages.group_per_minute, 60.0)
        return [self._everywhere(), (chat.id, self._in_private() if chat.is_private else in_group)]

    def _everywhere(self) -> tuple[int | str, Window]:
        return _GLOBAL_KEY, Window(self.limits.messages.global_per_second, 1.0)

    def _in_private(self) -> Window:
        messages = self.limits.messages
        return Window(messages.burst, messages.burst / messages.per_chat_per_second)

    def _history(self, key: _Key, window: Window) -> deque[float]:
        taken = self._taken.get(key)
        if taken is None:
            taken = self._taken[key] = deque(maxlen=max(1, window.calls))
            if len(self._taken) > _MAX_TRACKED:
                self._taken.popitem(last=False)
        else:
            self._taken.move_to_end(key)
        return taken
