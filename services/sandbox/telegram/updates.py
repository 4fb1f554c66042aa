import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from services.sandbox.telegram.errors import ApiError
from services.sandbox.telegram.identifiers import Counter
from services.sandbox.telegram.wire import Json

MAX_PENDING: Final = 100_000
_OPT_IN: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_TERMINATED_BY_POLL: Final = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
TERMINATED_BY_WEBHOOK: Final = "Conflict: terminated by setWebhook request"


@dataclass(frozen=True, slots=True)
class PendingUpdate:
    """An update not yet confirmed. Updates of one `queue_key` reach a webhook one after another."""

    json: Json
    queue_key: int
    expires_at: float

    @property
    def id(self) -> int:
        return int(self.json["update_id"])


class UpdateQueue:
    """Updates waiting for the bot: at most 100,000, for at most a day, gone once confirmed."""

    def __init__(self, counter: Counter, lifetime_seconds: float) -> None:
        self._counter = counter
        self._lifetime_seconds = lifetime_seconds
        self._pending: OrderedDict[int, PendingUpdate] = OrderedDict()
        self._waiter: asyncio.Future[None] | None = None
        self.allowed: list[str] = []
        self.on_added: Callable[[PendingUpdate], None] | None = None

    def __len__(self) -> int:
        return len(self._pending)

    def is_allowed(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _OPT_IN

    def add(self, kind: str, payload: Json, queue_key: int) -> int | None:
        """Queues an update; None where the bot did not ask for its kind or has too many pending."""
        self._expire()
        if not self.is_allowed(kind) or len(self._pending) >= MAX_PENDING:
            return None
        update_id = self._counter.next()
        expires_at = time.time() + self._lifetime_seconds
        update = PendingUpdate({"update_id": update_id, kind: payload}, queue_key, expires_at)
        self._pending[update_id] = update
        if self.on_added is not None:
            self.on_added(update)
        if self._waiter is not None:
            _finish(self._waiter)
        return update_id

    def pending(self) -> list[PendingUpdate]:
        return list(self._pending.values())

    def holds(self, update_id: int) -> bool:
        return update_id in self._pending

    def forget(self, update_id: int) -> None:
        self._pending.pop(update_id, None)

    def clear(self) -> None:
        self._pending.clear()

    async def poll(self, offset: int, limit: int, timeout_seconds: float) -> list[Json]:
        """Long polling: confirms what is below the offset, waits for an update if there is none.

        Raises ApiError 409 when a newer poll or a webhook takes over.
        """
        self.abort_poll(_TERMINATED_BY_POLL)
        self._confirm(offset)
        if not self._pending and timeout_seconds > 0:
            await self._wait(timeout_seconds)
        self._expire()
        return [update.json for update in islice(self._pending.values(), limit)]

    def abort_poll(self, reason: str) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(ApiError(409, reason))

    async def _wait(self, timeout_seconds: float) -> None:
        loop = asyncio.get_running_loop()
        waiter = self._waiter = loop.create_future()
        timer = loop.call_later(timeout_seconds, _finish, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            if self._waiter is waiter:
                self._waiter = None

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popitem(last=False)
            return
        while self._pending and next(iter(self._pending)) < offset:
            self._pending.popitem(last=False)

    def _expire(self) -> None:
        now = time.time()
        while self._pending and next(iter(self._pending.values())).expires_at < now:
            self._pending.popitem(last=False)


def _finish(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
