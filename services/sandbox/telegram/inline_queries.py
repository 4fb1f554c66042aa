import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.sandbox.telegram.wire import Json

_MAX_KEPT: Final = 10_000
_MAX_CACHED: Final = 1_000


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One of the results: how the list shows it, and the message that choosing it sends."""

    id: str
    shown: Json
    content: Json
    keyboard: Json | None

    def to_json(self) -> Json:
        return {"id": self.id, **self.shown}


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """What the bot answered to an inline query."""

    results: Mapping[str, InlineResult]
    next_offset: str
    button: Json | None

    def to_json(self) -> Json:
        results = [result.to_json() for result in self.results.values()]
        return {"results": results, "next_offset": self.next_offset, "button": self.button}


@dataclass(slots=True)
class InlineQuery:
    """What somebody typed after the bot's name, in whatever chat."""

    id: str
    user_id: int
    text: str
    offset: str
    asked_at: float
    answer: InlineAnswer | None = None

    def to_json(self) -> Json:
        json: Json = {"inline_query_id": self.id, "answered": self.answer is not None}
        return json | (self.answer.to_json() if self.answer else {"results": []})


class InlineQueries:
    """The last inline queries, and the answers Telegram repeats without asking the bot again."""

    def __init__(self, lifetime_seconds: float) -> None:
        self._lifetime_seconds = lifetime_seconds
        self._queries: OrderedDict[str, InlineQuery] = OrderedDict()
        # (user, or 0 for all; text; offset) -> when it ends, answer
        self._cache: OrderedDict[tuple[int, str, str], tuple[float, InlineAnswer]] = OrderedDict()

    def ask(self, user_id: int, text: str, offset: str) -> InlineQuery:
        """A new query; it is already answered where the answer to the same words may be repeated."""
        cached = self._cached((user_id, text, offset)) or self._cached((0, text, offset))
        query_id = str(secrets.randbits(62) + 2**62)
        query = self._queries[query_id] = InlineQuery(
            query_id, user_id, text, offset, time.monotonic(), cached
        )
        if len(self._queries) > _MAX_KEPT:
            self._queries.popitem(last=False)
        return query

    def find(self, query_id: str) -> InlineQuery | None:
        return self._queries.get(query_id)

    def find_waiting(self, query_id: str) -> InlineQuery | None:
        """A query the bot may still answer: once, and only while it is fresh."""
        query = self._queries.get(query_id)
        if query is None or query.answer is not None:
            return None
        return query if time.monotonic() - query.asked_at <= self._lifetime_seconds else None

    def remember(
        self, query: InlineQuery, answer: InlineAnswer, *, cache_seconds: int, is_personal: bool
    ) -> None:
        query.answer = answer
        if cache_seconds > 0:
            key = (query.user_id if is_personal else 0, query.text, query.offset)
            self._cache[key] = (time.monotonic() + cache_seconds, answer)
            self._cache.move_to_end(key)
            if len(self._cache) > _MAX_CACHED:
                self._cache.popitem(last=False)

    def clear(self) -> None:
        self._queries.clear()
        self._cache.clear()

    def _cached(self, key: tuple[int, str, str]) -> InlineAnswer | None:
        ends_at, answer = self._cache.get(key, (0.0, None))
        return answer if ends_at > time.monotonic() else None
