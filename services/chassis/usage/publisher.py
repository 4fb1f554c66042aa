import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter
from quartet.common.v1.usage_events_pb2 import (
    FeedbackGiven,
    JobChanged,
    LimitRefused,
    ModelCalled,
    RequestFinished,
)

from services.chassis.backoff import Backoff
from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Publisher
from services.chassis.jetstream import Nats
from services.chassis.settings import ServiceSettings
from services.chassis.usage.stream import KINDS, ensure_usage_stream, subject_of

log = structlog.get_logger()

UsageEvent = RequestFinished | ModelCalled | JobChanged | FeedbackGiven | LimitRefused

MAX_WAITING: Final = 10_000
# Each waits for the disk of the store: together they wait less.
SENDERS: Final = 4
DRAIN_SECONDS: Final = 5.0
PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 10.0


class UsageMetrics:
    """What becomes of usage events before they are stored."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.published = Counter(
            "quartet_usage_published", "Usage events that are stored.", ("kind",), registry=registry
        )
        self.dropped = Counter(
            "quartet_usage_dropped", "Usage events that are lost.", ("kind",), registry=registry
        )


class UsagePublisher:
    """Publishes one service's usage events, stamped with where and by which release.

    `publish` is for the path between an answer and its acknowledgement, `offer` for where nothing may wait.
    """

    def __init__(
        self,
        publisher: Publisher,
        metrics: UsageMetrics,
        *,
        environment: str,
        release: str,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._publisher = publisher
        self._metrics = metrics
        self._environment = environment
        self._release = release
        self._waiting: asyncio.Queue[UsageEvent] = asyncio.Queue(max_waiting)

    async def publish(self, event: UsageEvent) -> None:
        """Store the event. Raises ServiceUnavailable: it may then be published again."""
        self._stamp(event)
        header = event.header
        # A new version is not a duplicate.
        event_id = f"{header.event_id}.{header.version}"
        await self._publisher.publish(subject_of(event), event, event_id=event_id)
        self._metrics.published.labels(kind=KINDS[type(event)]).inc()

    def offer(self, event: UsageEvent) -> None:
        """Have the event stored soon. It is lost, and counted, where too many wait or the process dies."""
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self._drop(event)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Store what is offered during the block; at its end the rest has a few seconds."""
        senders = {asyncio.create_task(self._send()) for _ in range(SENDERS)}
        try:
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._waiting.join()
            for sender in senders:
                sender.cancel()
            await asyncio.wait(senders)
            while not self._waiting.empty():
                self._drop(self._waiting.get_nowait())

    async def _send(self) -> None:
        backoff = Backoff(PAUSE_SECONDS, longest_seconds=LONGEST_PAUSE_SECONDS)
        while True:
            event = await self._waiting.get()
            is_stored = False
            try:
                while not is_stored:
                    is_stored = await self._stores(event, backoff)
            finally:
                if not is_stored:
                    self._drop(event)
                self._waiting.task_done()

    async def _stores(self, event: UsageEvent, backoff: Backoff) -> bool:
        try:
            await self.publish(event)
        except ServiceUnavailable as error:
            log.warning("usage_waits", waiting=self._waiting.qsize(), reason=error.reason)
            await backoff.pause()
            return False
        backoff.reset()
        return True

    def _stamp(self, event: UsageEvent) -> None:
        header = event.header
        header.environment = header.environment or self._environment
        header.release = header.release or self._release
        header.version = header.version or max(1, header.happen_time.ToMilliseconds())

    def _drop(self, event: UsageEvent) -> None:
        self._metrics.dropped.labels(kind=KINDS[type(event)]).inc()


@asynccontextmanager
async def open_usage(
    nats: Nats, settings: ServiceSettings, registry: CollectorRegistry, *, service: str, replicas: int
) -> AsyncIterator[UsagePublisher]:
    """Make the stream, and publish a service's usage events while the block runs.

    Raises ConfigurationConflict.
    """
    await ensure_usage_stream(nats.js, replicas=replicas)
    publisher = UsagePublisher(
        Publisher(nats.js, source=f"/quartet/{service}"),
        UsageMetrics(registry),
        environment=settings.environment,
        release=settings.quartet_release,
    )
    async with publisher.sending():
        yield publisher
