import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final

import structlog
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from nats.js.api import StreamConfig
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.vendor_events_pb2 import VendorRecovered, VendorTroubled

from services.chassis.errors import QuartetError, ServiceUnavailable
from services.chassis.events import Publisher
from services.chassis.jetstream import Nats, ensure_stream
from services.providers.breaker import Change, State
from services.providers.failures import is_lasting
from services.providers.metrics import VendorMetrics

log = structlog.get_logger()

SECONDS_PER_DAY: Final = 86_400.0
KEPT_SECONDS: Final = 7 * SECONDS_PER_DAY
# However many replicas and answers meet a trouble, it is one event in this time.
ONE_TROUBLE_SECONDS: Final = SECONDS_PER_DAY / 4
# An outage that lasts this long is no hiccup any more.
OUTAGE_SECONDS: Final = 180.0
MAX_WAITING: Final = 64
DRAIN_SECONDS: Final = 5.0

Announcement = tuple[str, Message, str]


class Troubles:
    """Tells the operator how the vendors are: by log, by metrics, and by events for what needs a person.

    Never keeps an answer waiting: events are published by `publishing`'s own task.
    """

    def __init__(
        self,
        publisher: Publisher,
        metrics: VendorMetrics,
        *,
        service: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._publisher = publisher
        self._subjects = _subjects(service)
        self._metrics = metrics
        self._now = now
        self.news = asyncio.Event()
        """Set whenever a breaker has moved; whoever waits for it clears it."""
        self._waiting: asyncio.Queue[Announcement] = asyncio.Queue(MAX_WAITING)
        self._in_trouble: set[str] = set()
        # What comes after a recovery is another trouble, however soon.
        self._recoveries: Counter[str] = Counter()

    def changed(self, provider: str, model: str, change: Change, standby: str) -> None:
        self.news.set()
        error = change.error
        tell = log.warning if change.state is State.OPEN else log.info
        reason = error.reason if error else None
        tell("vendor_breaker", provider=provider, model=model or None, state=str(change.state), reason=reason)
        if not model:
            self._metrics.state(provider, change.state)
        if change.state is State.OPEN and error is not None and _needs_a_person(error, change):
            self._troubled(provider, model, error, standby)
        elif change.state is State.CLOSED and not model:
            self._recovered(provider)

    def failed_over(self, provider: str, reason: str) -> None:
        self._metrics.failed_over(provider, reason)

    def asked_again(self, provider: str, reason: str) -> None:
        self._metrics.asked_again(provider, reason)
        log.info("vendor_asked_again", provider=provider, reason=reason)

    @asynccontextmanager
    async def publishing(self) -> AsyncIterator[None]:
        """Publish what is announced during the block; at its end the rest has a few seconds."""
        publisher = asyncio.create_task(self._publish())
        try:
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._waiting.join()
            publisher.cancel()
            await asyncio.wait({publisher})

    def _troubled(self, provider: str, model: str, error: QuartetError, standby: str) -> None:
        if not model:
            self._in_trouble.add(provider)
        message = VendorTroubled(
            provider=provider,
            reason=ErrorReason.Value(error.reason),
            model=model,
            happen_time=self._timestamp(),
            standby_provider=standby,
        )
        subject = f"{provider}.{error.reason}.{model}.{self._recoveries[provider]}"
        self._announce("vendor_troubled", message, subject)

    def _recovered(self, provider: str) -> None:
        if provider in self._in_trouble:
            self._in_trouble.remove(provider)
            message = VendorRecovered(provider=provider, happen_time=self._timestamp())
            self._announce("vendor_recovered", message, f"{provider}.{self._recoveries[provider]}")
            self._recoveries[provider] += 1

    def _announce(self, kind: str, message: Message, subject: str) -> None:
        event_id = f"{kind}.{subject}.{int(self._now().timestamp() // ONE_TROUBLE_SECONDS)}"
        try:
            # The stream drops what it has: each trial that fails announces the trouble anew.
            self._waiting.put_nowait((f"{self._subjects}.{kind}", message, event_id))
        except asyncio.QueueFull:
            log.error("vendor_event_lost", event_id=event_id)

    def _timestamp(self) -> Timestamp:
        timestamp = Timestamp()
        timestamp.FromDatetime(self._now())
        return timestamp

    async def _publish(self) -> None:
        while True:
            nats_subject, message, event_id = await self._waiting.get()
            try:
                await self._publisher.publish(nats_subject, message, event_id=event_id)
            except ServiceUnavailable as error:
                log.warning("vendor_event_not_stored", event_id=event_id, reason=error.reason)
            finally:
                self._waiting.task_done()


def _needs_a_person(error: QuartetError, change: Change) -> bool:
    return is_lasting(error) or change.troubled_seconds >= OUTAGE_SECONDS


def _subjects(service: str) -> str:
    return f"quartet.{service}.events"


async def open_events(nats: Nats, *, service: str, replicas: int) -> Publisher:
    """Make the stream of a service's events. Raises ConfigurationConflict."""
    config = StreamConfig(
        name=f"{service.upper()}_EVENTS",
        subjects=[f"{_subjects(service)}.*"],
        max_age=KEPT_SECONDS,
        duplicate_window=ONE_TROUBLE_SECONDS,
        num_replicas=replicas,
    )
    await ensure_stream(nats.js, config)
    return Publisher(nats.js, source=f"/quartet/{service}")
