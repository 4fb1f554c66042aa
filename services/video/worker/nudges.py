import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg

from services.chassis.signals import is_set_within
from services.video.orders import NUDGES


class Nudges:
    """Wakes whoever looks after a job when it is to be ended. One that is lost costs one look's time."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}
        self._listeners = Counter[str]()

    @classmethod
    @asynccontextmanager
    async def open(cls, client: Client) -> AsyncIterator[Self]:
        nudges = cls()
        subscription = await client.subscribe(f"{NUDGES}.>", cb=nudges._take)
        try:
            yield nudges
        finally:
            if not client.is_closed:
                await subscription.unsubscribe()

    @contextmanager
    def heard(self, job_id: str) -> Iterator[asyncio.Event]:
        """An event that is set when the job is to be ended, for the time of the block."""
        event = self._events.setdefault(job_id, asyncio.Event())
        self._listeners[job_id] += 1
        try:
            yield event
        finally:
            self._listeners[job_id] -= 1
            if not self._listeners[job_id]:
                del self._events[job_id], self._listeners[job_id]

    async def _take(self, message: Msg) -> None:
        event = self._events.get(message.subject.removeprefix(f"{NUDGES}."))
        if event is not None:
            event.set()


async def pause(event: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until the event, which is taken back then."""
    if await is_set_within(event, seconds):
        event.clear()
