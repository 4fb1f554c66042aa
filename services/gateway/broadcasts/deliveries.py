import asyncio
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, StreamConfig
from nats.js.kv import KeyValue
from quartet.gateway.v1.delivery_events_pb2 import DeliveryOrdered

from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Consumer, Event, Publisher, registry
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats, ensure_bucket, ensure_stream
from services.gateway.bookkeeping.directory import Directory
from services.gateway.broadcasts import ledger, recipients
from services.gateway.broadcasts.ledger import Ledger
from services.gateway.broadcasts.order import Course, Order
from services.gateway.broadcasts.progress import Progress
from services.gateway.broadcasts.recipients import Recipients
from services.gateway.broadcasts.round import Round
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.keyed_locks import KeyedLocks
from services.gateway.lease import LeaseLost

STREAM: Final = "DELIVERIES"
KEPT_SECONDS: Final = 90 * 86_400.0
DEAD_LETTERS: Final = "quartet.dead.gateway.deliveries"
ACK_WAIT_SECONDS: Final = 6.0
"""So long after a kill the successor goes on with what was on its way."""
CONCURRENCY: Final = 64
"""What is scheduled or paused waits here, too: it must not keep a message to oneself from its turn."""


class Deliveries:
    """Takes orders of deliveries in any replica, and brings them where this one speaks."""

    def __init__(self, nats: Nats, ledger: Ledger, recipients: Recipients, *, bot_id: int) -> None:
        self._nats = nats
        self._publisher = Publisher(nats.js, source="/quartet/gateway")
        self._bot_id = bot_id
        self.ledger = ledger
        self.recipients = recipients
        self.progress = Progress(ledger)

    async def order(self, delivery_id: str, order: Order) -> None:
        """Have it delivered; once, however often it is ordered. Raises ServiceUnavailable."""
        await self.ledger.place(delivery_id, order)
        await self._announce(delivery_id, "ordered")

    async def retract(self, delivery_id: str) -> None:
        """Have it deleted. Raises ResourceNotFound, ServiceUnavailable."""
        await self.ledger.steer(delivery_id, Course.RETRACTED)
        await self._announce(delivery_id, "retracted")

    async def kept(self, chat_id: int) -> dict[str, Any]:
        """Say what is kept of a chat. Raises ServiceUnavailable."""
        received = await self.ledger.received(chat_id)
        lost_at = await self.recipients.lost_at(chat_id)
        fates = {delivery_id: copy.fate.value for delivery_id, copy in received.items()}
        return {"received": fates} | ({} if lost_at is None else {"blocked_at": lost_at})

    async def forget(self, chat_id: int) -> None:
        """Erase what is kept of a chat; what is under way does not reach it any more.

        Raises ServiceUnavailable.
        """
        await self.ledger.forget(chat_id)
        await self.recipients.forget(chat_id)

    async def _announce(self, delivery_id: str, what: str) -> None:
        event_id = f"{self._bot_id}.{delivery_id}.{what}"
        event = DeliveryOrdered(delivery_id=delivery_id)
        await self._publisher.publish(_subject(self._bot_id), event, event_id=event_id)

    async def run(self, scheduler: Scheduler, failpoints: Failpoints) -> None:
        """Bring what is ordered, until cancelled; what is on its way then is let arrive."""
        closing, locks = asyncio.Event(), KeyedLocks()
        going = Round(self.ledger, self.recipients, scheduler, failpoints, closing)

        async def bring(event: Event[DeliveryOrdered]) -> None:
            delivery_id = event.message.delivery_id
            try:
                # Taking back waits for what is being sent.
                async with locks.held(delivery_id):
                    await going.go(delivery_id)
            except LeaseLost:
                raise ServiceUnavailable("another gateway speaks now") from None

        consumer = Consumer(
            self._nats.js,
            STREAM,
            f"gateway-deliveries-{self._bot_id}",
            [_subject(self._bot_id)],
            registry(DeliveryOrdered),
            bring,
            concurrency=CONCURRENCY,
            ack_wait_seconds=ACK_WAIT_SECONDS,
            max_deliver=0,
            dead_letters=DEAD_LETTERS,
            reconnected=self._nats.reconnected,
        )
        running = asyncio.create_task(consumer.run(closing), name="deliveries")
        try:
            await asyncio.shield(running)
        finally:
            closing.set()
            await running


async def open_deliveries(nats: Nats, directory: Directory, *, bot_id: int, replicas: int) -> Deliveries:
    """Make the stream and the buckets. Raises ConfigurationConflict."""
    stream = StreamConfig(
        name=STREAM, subjects=["quartet.deliveries.*"], max_age=KEPT_SECONDS, num_replicas=replicas
    )
    await ensure_stream(nats.js, stream)
    kept = await _bucket(nats.js, ledger.BUCKET, replicas)
    lost = await _bucket(nats.js, recipients.BUCKET, replicas)
    return Deliveries(
        nats,
        Ledger(nats.js, kept, bot_id=bot_id),
        Recipients(directory, nats.js, lost, bot_id=bot_id),
        bot_id=bot_id,
    )


def _subject(bot_id: int) -> str:
    return f"quartet.deliveries.{bot_id}"


async def _bucket(js: JetStreamContext, name: str, replicas: int) -> KeyValue:
    return await ensure_bucket(js, KeyValueConfig(bucket=name, ttl=ledger.KEPT_SECONDS, replicas=replicas))
