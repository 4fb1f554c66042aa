import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from services.sandbox.telegram.wire import Json

_MAX_WAITING_EVENTS: Final = 2000

Filter = Callable[[Json], bool]


class Subscription:
    """One reader of the event stream. A reader too slow is told to look again and loses its place."""

    def __init__(self, wanted: Filter) -> None:
        self._wanted = wanted
        self._queue: asyncio.Queue[Json | None] = asyncio.Queue(_MAX_WAITING_EVENTS)
        self._overflowed = False

    async def next(self) -> Json | None:
        """The next event, or None once the stream is over."""
        return await self._queue.get()

    def offer(self, event: Json) -> None:
        if self._overflowed or not self._wanted(event):
            return
        if self._queue.full():
            self._overflowed = True
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait({"type": "resync"})
            self.close()
            return
        self._queue.put_nowait(event)

    def close(self) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)


class EventHub:
    """Passes every visible change to everybody who watches; keeps nothing for those who do not."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def publish(self, type_: str, chat_id: int | None, **fields: object) -> None:
        if not self._subscriptions:
            return
        event: Json = {"type": type_, "chat_id": chat_id, **fields}
        for subscription in self._subscriptions:
            subscription.offer(event)

    @contextmanager
    def subscribe(self, wanted: Filter) -> Iterator[Subscription]:
        subscription = Subscription(wanted)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def close(self) -> None:
        """Ends all streams; the server is going down."""
        for subscription in self._subscriptions:
            subscription.close()
