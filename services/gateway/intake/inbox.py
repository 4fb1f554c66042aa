import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from nats.aio.msg import Msg
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError
from quartet.gateway.v1.update_events_pb2 import UpdateReceived

from services.chassis.events import Publisher
from services.chassis.jetstream import Nats, ensure_stream
from services.gateway.metrics import GatewayMetrics
from services.gateway.updates import RawUpdate, Track, kind_of, track_of, turn_id_of

log = structlog.get_logger()

STREAMS = {Track.UPDATES: "UPDATES", Track.CONTROL: "CONTROL"}
MAX_AGE_SECONDS = {
    Track.UPDATES: timedelta(hours=48).total_seconds(),
    # A wish to stop is worth nothing once what it stops has ended.
    Track.CONTROL: timedelta(minutes=10).total_seconds(),
}
MAX_BYTES = {Track.UPDATES: 512 * 2**20, Track.CONTROL: 16 * 2**20}
"""JetStream sets so much of the disk aside. An update has about 1 kB."""
DUPLICATE_WINDOW_SECONDS = timedelta(minutes=10).total_seconds()
"""Within it the server drops what comes twice; the turn records remember far longer."""
ACK_WAIT_SECONDS = 600.0
"""Long, because a dead holder's messages come back by its successor's new consumer, not by time."""

Deliver = Callable[[Msg], Awaitable[None]]


class Inbox:
    """The streams that hold what Telegram sent until it has been answered."""

    def __init__(
        self, nats: Nats, metrics: GatewayMetrics, *, bot_id: int, shard: int, max_in_flight: int
    ) -> None:
        self._nats = nats
        self._publisher = Publisher(nats.js, source="/quartet/gateway")
        self._metrics = metrics
        self._bot_id = bot_id
        # Two bots may share one NATS; each has its own part of the streams.
        self._suffix = f"{bot_id}.{shard}"
        self._max_in_flight = max_in_flight

    async def ensure(self, *, replicas: int) -> None:
        """Makes the streams, or checks that they are as they should be."""
        for track, stream in STREAMS.items():
            await ensure_stream(
                self._nats.js,
                StreamConfig(
                    name=stream,
                    subjects=[f"quartet.{track}.>"],
                    retention=RetentionPolicy.WORK_QUEUE,
                    storage=StorageType.FILE,
                    # Full means that Telegram is asked to keep its updates, not that old ones are dropped.
                    discard=DiscardPolicy.NEW,
                    max_bytes=MAX_BYTES[track],
                    max_age=MAX_AGE_SECONDS[track],
                    duplicate_window=DUPLICATE_WINDOW_SECONDS,
                    num_replicas=replicas,
                ),
            )

    async def put(self, update: RawUpdate) -> None:
        """Stores an update for whoever speaks. Raises ServiceUnavailable where that is not certain."""
        received = UpdateReceived(
            bot_id=self._bot_id,
            update_id=update["update_id"],
            payload=json.dumps(update, ensure_ascii=False, separators=(",", ":")).encode(),
        )
        received.receive_time.GetCurrentTime()
        turn_id = turn_id_of(self._bot_id, update)
        subject = f"quartet.{track_of(update)}.{self._suffix}"
        is_new = await self._publisher.publish(subject, received, event_id=turn_id, subject=turn_id)
        self._metrics.updates.labels(kind_of(update), "stored" if is_new else "duplicate").inc()

    async def take_over(self, track: Track, name: str, deliver: Deliver) -> JetStreamContext.PushSubscription:
        """Has all that is not acknowledged delivered anew, in the order in which it came.

        A work queue has one consumer. Making a new one of another name takes the work from a former holder
        at once, and its acknowledgements no longer count.
        """
        stream, subject = STREAMS[track], f"quartet.{track}.{self._suffix}"
        for consumer in await self._nats.js.consumers_info(stream):
            if consumer.config.filter_subject == subject:
                await _delete_consumer(self._nats.js, stream, consumer.name)
        config = ConsumerConfig(
            durable_name=name,
            filter_subject=subject,
            deliver_subject=self._nats.client.new_inbox(),
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT_SECONDS,
            max_ack_pending=self._max_in_flight,
        )
        # The subscription first: what is delivered before anyone listens would wait for ACK_WAIT_SECONDS.
        subscription = await self._nats.js.subscribe_bind(
            stream, config, consumer=name, cb=deliver, manual_ack=True
        )
        await self._nats.js.add_consumer(stream, config)
        return subscription


async def _delete_consumer(js: JetStreamContext, stream: str, name: str) -> None:
    try:
        await js.delete_consumer(stream, name)
    except NotFoundError:
        return
