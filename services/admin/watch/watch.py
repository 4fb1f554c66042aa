import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import nats.errors
import structlog
from google.protobuf.timestamp_pb2 import Timestamp
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, StreamConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from quartet.admin.v1.alert_events_pb2 import AlertCleared, AlertKind, AlertRaised

from services.admin.watch.gauges import Gauge, Limit
from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Publisher
from services.chassis.jetstream import Nats, ensure_bucket, ensure_stream
from services.chassis.signals import is_set_within

log = structlog.get_logger()

STREAM: Final = "ADMIN_EVENTS"
SUBJECTS: Final = "quartet.admin.events"
BUCKET: Final = "alerts"
# Who asks what stands must find when it began.
KEPT_SECONDS: Final = 90 * 86_400.0
FAILURES: Final = (nats.errors.Error, ServiceUnavailable)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that is watched, its limit, and the panel's page about it."""

    kind: AlertKind.ValueType
    gauge: Gauge
    limit: Limit
    url: str = ""

    @property
    def name(self) -> str:
        return AlertKind.Name(self.kind).removeprefix("ALERT_KIND_").lower()


class Watch:
    """Looks at what may need a person, and tells of it once when it does and once when that is over.

    What is raised stands in a bucket, written by compare-and-swap: neither another replica nor a restart
    tells of it again.
    """

    def __init__(
        self, matters: list[Matter], raised: KeyValue, publisher: Publisher, *, interval_seconds: float
    ) -> None:
        self._matters = matters
        self._raised = raised
        self._publisher = publisher
        self._interval_seconds = interval_seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not await is_set_within(stop, self._interval_seconds):
            await self.look()

    async def look(self) -> None:
        """Look at everything once."""
        for matter in self._matters:
            value = await matter.gauge.read()
            if value is None:
                continue
            try:
                await self._judge(matter, value)
            except FAILURES as error:
                log.warning("alert_waits", kind=matter.name, error=type(error).__name__)

    async def _judge(self, matter: Matter, value: float) -> None:
        raised_at, revision = await self._known(matter.name)
        now = datetime.now(UTC)
        if value > matter.limit.raised_above and not raised_at:
            log.warning("alert_raised", kind=matter.name, value=round(value, 1))
            event = AlertRaised(
                kind=matter.kind, value=value, limit=matter.limit.raised_above, url=matter.url
            )
            # Told before it is noted: a death in between tells the same event again, which is one.
            await self._tell("alert_raised", event, f"{matter.name}.{revision}")
            await self._raised.update(matter.name, now.isoformat().encode(), last=revision)
        elif value <= matter.limit.cleared_at and raised_at:
            log.info("alert_cleared", kind=matter.name, value=round(value, 1))
            await self._tell("alert_cleared", AlertCleared(kind=matter.kind), f"{matter.name}.{revision}")
            await self._raised.update(matter.name, b"", last=revision)

    async def _known(self, name: str) -> tuple[bytes, int]:
        try:
            entry = await self._raised.get(name)
        except KeyNotFoundError as error:
            return b"", (error.entry.revision or 0) if error.entry else 0
        return entry.value or b"", entry.revision or 0

    async def _tell(self, name: str, event: AlertRaised | AlertCleared, event_id: str) -> None:
        happened = Timestamp()
        happened.FromDatetime(datetime.now(UTC))
        event.happen_time.CopyFrom(happened)
        await self._publisher.publish(f"{SUBJECTS}.{name}", event, event_id=event_id)


async def open_watch(nats_: Nats, matters: list[Matter], *, replicas: int, interval_seconds: float) -> Watch:
    """Make the stream and the bucket. Raises ConfigurationConflict."""
    await ensure_admin_events(nats_.js, replicas=replicas)
    config = KeyValueConfig(
        bucket=BUCKET, description="What is beyond its limit, owned by admin.", replicas=replicas
    )
    raised = await ensure_bucket(nats_.js, config)
    publisher = Publisher(nats_.js, source="/quartet/admin")
    return Watch(matters, raised, publisher, interval_seconds=interval_seconds)


async def ensure_admin_events(js: JetStreamContext, *, replicas: int) -> None:
    """Make the stream of what admin tells. Raises ConfigurationConflict."""
    config = StreamConfig(
        name=STREAM, subjects=[f"{SUBJECTS}.*"], max_age=KEPT_SECONDS, num_replicas=replicas
    )
    await ensure_stream(js, config)
