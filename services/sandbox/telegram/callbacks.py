import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from services.sandbox.telegram.wire import Json

_MAX_KEPT: Final = 10_000


@dataclass(slots=True)
class Callback:
    """A press of an inline button and the bot's answer to it."""

    id: str
    user_id: int
    chat_id: int
    pressed_at: float
    answered: bool = False
    text: str = ""
    show_alert: bool = False
    url: str = ""

    def to_json(self) -> Json:
        return {
            "callback_query_id": self.id,
            "answered": self.answered,
            "text": self.text,
            "show_alert": self.show_alert,
            "url": self.url,
        }


class Callbacks:
    """The last presses; a bot may answer one only while it is fresh."""

    def __init__(self, lifetime_seconds: float) -> None:
        self._lifetime_seconds = lifetime_seconds
        self._callbacks: OrderedDict[str, Callback] = OrderedDict()

    def add(self, user_id: int, chat_id: int) -> Callback:
        callback = Callback(str(secrets.randbits(62) + 2**62), user_id, chat_id, time.monotonic())
        self._callbacks[callback.id] = callback
        if len(self._callbacks) > _MAX_KEPT:
            self._callbacks.popitem(last=False)
        return callback

    def find(self, callback_id: str) -> Callback | None:
        return self._callbacks.get(callback_id)

    def find_fresh(self, callback_id: str) -> Callback | None:
        callback = self._callbacks.get(callback_id)
        if callback is None or time.monotonic() - callback.pressed_at > self._lifetime_seconds:
            return None
        return callback

    def clear(self) -> None:
        self._callbacks.clear()
