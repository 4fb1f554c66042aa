import time
from collections import deque
from dataclasses import dataclass
from itertools import islice

from services.sandbox.telegram.wire import Json


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call as the stand-in saw it; `status` 0 means that it was cut before any effect."""

    n: int
    at: float
    method: str
    chat_id: int | None
    params: Json
    status: int
    error: str | None
    retry_after: int | None

    def to_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


class Journal:
    """The last calls of the bot, numbered from 1; the numbering goes on when the journal is emptied."""

    def __init__(self, size: int) -> None:
        self._calls: deque[Call] = deque(maxlen=size)
        self._last = 0

    def add(
        self,
        method: str,
        chat_id: int | None,
        params: Json,
        status: int,
        *,
        error: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        self._last += 1
        self._calls.append(Call(self._last, time.time(), method, chat_id, params, status, error, retry_after))

    def since(self, n: int) -> list[Call]:
        """Calls numbered above `n`, oldest first."""
        count = min(len(self._calls), max(0, self._last - n))
        newest = list(islice(reversed(self._calls), count))
        return newest[::-1]

    @property
    def last(self) -> int:
        return self._last

    def clear(self) -> None:
        self._calls.clear()
