import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from google.protobuf.message import Message
from nats.aio.msg import Msg

from services.chassis.jetstream import Nats
from services.chassis.usage import KINDS, UsageEvent

E = TypeVar("E", bound=Message)
CLASSES = {f"quartet.usage.{name}": kind for kind, name in KINDS.items()}


class TakenUsage:
    """Usage events as rows: of those with one id, the one with the greatest version."""

    def __init__(self) -> None:
        self.events: dict[str, UsageEvent] = {}
        self._news = asyncio.Event()

    async def take(self, msg: Msg) -> None:
        self.offer(CLASSES[msg.subject].FromString(msg.data))  # type: ignore[arg-type]

    async def publish(self, event: UsageEvent) -> None:
        self.offer(event)

    def offer(self, event: UsageEvent) -> None:
        known = self.events.get(event.header.event_id)
        if known is None or known.header.version <= event.header.version:
            self.events[event.header.event_id] = event
        self._news.set()

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events.values() if isinstance(event, kind)]

    async def until(self, kind: type[E], count: int) -> list[E]:
        """Wait until there are so many of a kind; all of them, in the order of their times."""
        async with asyncio.timeout(30):
            while len(self.of(kind)) < count:
                self._news.clear()
                await self._news.wait()
        return sorted(self.of(kind), key=lambda each: each.header.happen_time.ToNanoseconds())  # type: ignore[attr-defined]


@asynccontextmanager
async def taking_usage(nats: Nats) -> AsyncIterator[TakenUsage]:
    """Hear all usage events that are published from now on."""
    taken = TakenUsage()
    subscription = await nats.client.subscribe("quartet.usage.*", cb=taken.take)
    await nats.client.flush()
    yield taken
    await subscription.unsubscribe()
