import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from quartet.admin.v1.alert_events_pb2 import AlertCleared, AlertRaised
from quartet.common.v1.vendor_events_pb2 import VendorRecovered, VendorTroubled
from quartet.video.v1.video_events_pb2 import VideoJobTroubled

from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Event, replay
from services.gateway.alerts import ALERTS, EVENTS, KINDS, SERVICES, Notice, sentence
from services.gateway.lease import NATS_ERRORS
from services.gateway.wording import Language, Wording

# A vendor in trouble is told of anew every six hours that anybody asks it. Whoever has not been heard of for
# twice as long may be well: what ends a trouble of a model, or of a replica that has gone, is never told.
FADED: Final = timedelta(hours=12)
JOB_FADED: Final = timedelta(days=1)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that needs a person at present."""

    notice: Notice
    source: str
    since: datetime

    def said(self, language: Language, wording: Wording) -> str:
        return sentence(self.notice, self.source, language, wording)

    @property
    def url(self) -> str:
        """The panel's page about it; empty where there is none, or it cannot be reached from outside."""
        url = self.notice.url if isinstance(self.notice, AlertRaised) else ""
        return url if url.startswith("https://") else ""

    @property
    def name(self) -> str:
        """What the page is about."""
        kind = ALERTS[self.notice.kind] if isinstance(self.notice, AlertRaised) else ""
        return kind.replace("_", "-")


class Matters:
    """What needs a person at present, read from what the services have told of it."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    async def now(self) -> list[Matter]:
        """The oldest first. Raises ServiceUnavailable."""
        told = await asyncio.gather(*map(self._told, SERVICES))
        matters = [matter for events in told for matter in standing(events, datetime.now(UTC))]
        return sorted(matters, key=lambda matter: matter.since)

    async def _told(self, service: str) -> list[Event[Notice]]:
        subjects = [f"quartet.{service}.events.{kind}" for kind in KINDS]
        try:
            async with aclosing(replay(self._js, f"{service.upper()}_EVENTS", subjects, EVENTS)) as events:
                return [event async for event in events]
        except NotFoundError:
            # A service that has never run has told nothing.
            return []
        except NATS_ERRORS as error:
            raise ServiceUnavailable("what the services tell cannot be read") from error


def standing(events: Iterable[Event[Notice]], now: datetime) -> list[Matter]:
    """What is not over, of the events of one service in their order."""
    matters: dict[Key, Matter] = {}
    heard: dict[Key, datetime] = {}
    for event in events:
        key, is_over = _key(event.message)
        if is_over:
            matters.pop(key, None)
            continue
        known = matters.get(key)
        matters[key] = Matter(event.message, event.source, known.since if known else event.time)
        heard[key] = event.time
    return [matter for key, matter in matters.items() if not _has_faded(matter, now - heard[key])]


def _key(notice: Notice) -> tuple[Key, bool]:
    """What it is about, and whether it tells that this is over."""
    match notice:
        case VendorTroubled():
            return ("vendor", notice.provider, notice.model), False
        case VendorRecovered():
            return ("vendor", notice.provider, ""), True
        case VideoJobTroubled():
            return ("job", notice.job_id), False
        case AlertRaised() | AlertCleared():
            return ("alert", ALERTS.get(notice.kind, "")), isinstance(notice, AlertCleared)


def _has_faded(matter: Matter, age: timedelta) -> bool:
    match matter.notice:
        case VendorTroubled():
            return age > FADED
        case VideoJobTroubled():
            return age > JOB_FADED
        case _:
            return False
