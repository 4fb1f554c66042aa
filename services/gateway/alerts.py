import asyncio
import hashlib
import time
from collections.abc import Iterable
from typing import Final

import structlog
from aiogram.exceptions import AiogramError
from aiogram.methods import GetChatMember
from quartet.admin.v1.alert_events_pb2 import AlertCleared, AlertKind, AlertRaised
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.vendor_events_pb2 import VendorRecovered, VendorTroubled
from quartet.video.v1.video_events_pb2 import VideoJobTroubled

from services.chassis.errors import ServiceUnavailable
from services.chassis.events import Consumer, Event, registry
from services.chassis.jetstream import Nats
from services.gateway.buttons import Keyboard
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.turn import Turn
from services.gateway.lease import LeaseLost, Tenure
from services.gateway.people import People
from services.gateway.turns import Part, TurnLog, TurnState
from services.gateway.wording import Language, Wording, language_of

log = structlog.get_logger()

EVENTS: Final = registry(VendorTroubled, VendorRecovered, VideoJobTroubled, AlertRaised, AlertCleared)
SERVICES: Final = ("text", "image", "video", "admin")
"""Those that tell, each on a stream of its own."""
KINDS: Final = ("vendor_troubled", "vendor_recovered", "video_job_troubled", "alert_raised", "alert_cleared")
DEAD_LETTERS: Final = "quartet.dead.gateway.alerts"
ACK_WAIT_SECONDS: Final = 5.0
"""So long after a kill the successor goes on telling."""
IMAGE_SOURCE: Final = "/quartet/image"
VIDEO_SOURCE: Final = "/quartet/video"
IN_MINUTES: Final = (AlertKind.ALERT_KIND_VIDEO_QUEUE, AlertKind.ALERT_KIND_USAGE_LAG)
VENDOR_NAMES: Final = {"openai": "OpenAI", "google": "Google", "runway": "Runway"}

Notice = VendorTroubled | VendorRecovered | VideoJobTroubled | AlertRaised | AlertCleared
ALERTS: Final = {value: key.removeprefix("ALERT_KIND_").lower() for key, value in AlertKind.items()}


class Alerts:
    """Tells the admins what needs a person, each of them once, whatever dies in between.

    Only the speaker tells: it is built for one tenure.
    """

    def __init__(
        self,
        nats: Nats,
        turns: TurnLog,
        people: People,
        replies: Replies,
        scheduler: Scheduler,
        wording: Wording,
        tenure: Tenure,
        *,
        bot_id: int,
        admin_ids: Iterable[int],
    ) -> None:
        self._nats = nats
        self._turns = turns
        self._people = people
        self._replies = replies
        self._scheduler = scheduler
        self._wording = wording
        self._tenure = tenure
        self._bot_id = bot_id
        self._admin_ids = sorted(admin_ids)

    async def run(self) -> None:
        """Tells until cancelled; at once where there is nobody to tell."""
        if not self._admin_ids:
            return
        async with asyncio.TaskGroup() as group:
            for service in SERVICES:
                group.create_task(self._listen(service), name=f"alerts of {service}")

    async def _listen(self, service: str) -> None:
        consumer = Consumer(
            self._nats.js,
            f"{service.upper()}_EVENTS",
            f"gateway-alerts-{self._bot_id}",
            [f"quartet.{service}.events.{kind}" for kind in KINDS],
            EVENTS,
            self._tell,
            concurrency=1,
            ack_wait_seconds=ACK_WAIT_SECONDS,
            max_deliver=0,
            dead_letters=DEAD_LETTERS,
            reconnected=self._nats.reconnected,
        )
        await consumer.run(asyncio.Event())

    async def _tell(self, event: Event[Notice]) -> None:
        try:
            for admin_id in self._admin_ids:
                await self._tell_one(admin_id, event)
        except LeaseLost:
            raise ServiceUnavailable("another gateway speaks now") from None

    async def _tell_one(self, admin_id: int, event: Event[Notice]) -> None:
        language = (await self._people.of(admin_id)).language or await self._telegrams_language(admin_id)
        turn = self._turn_of(admin_id, event, language)
        found = await self._turns.find(turn.turn_id)
        if found:
            turn.record, turn.revision = found
        if turn.record is None or turn.record.state is TurnState.RESERVED:
            text = sentence(event.message, event.source, language, self._wording)
            place = _place(event.message, language, self._wording)
            await self._replies.deliver(turn, [Part(text=text, keyboard=place)])
        elif turn.record.state is TurnState.SENDING:
            await self._replies.resume(turn)

    async def _telegrams_language(self, admin_id: int) -> Language:
        """What the admin's Telegram speaks: nobody has written, so no update tells."""
        try:
            member = await self._scheduler.ask(GetChatMember(chat_id=admin_id, user_id=admin_id), admin_id)
        except AiogramError:
            return Language.RU
        return language_of(member.user.language_code)

    def _turn_of(self, admin_id: int, event: Event[Notice], language: Language) -> Turn:
        digest = hashlib.sha256(event.event_id.encode()).hexdigest()[:16]
        return Turn(
            turn_id=f"{self._bot_id}.alert.{admin_id}.{digest}",
            chat_id=admin_id,
            thread_id=0,
            user_id=admin_id,
            language=language,
            is_private=True,
            reply_to_message_id=None,
            draft_id=1,
            received_at=time.time(),
            tenure=self._tenure,
        )


def sentence(notice: Notice, source: str, language: Language, wording: Wording) -> str:
    """What an admin reads. `source` is the service that tells."""
    if isinstance(notice, AlertRaised):
        value = round(notice.value / 60 if notice.kind in IN_MINUTES else notice.value)
        return wording.say("alert-raised", language, kind=_kind(notice), value=value)
    if isinstance(notice, AlertCleared):
        return wording.say("alert-cleared", language, kind=_kind(notice))
    vendor = VENDOR_NAMES.get(notice.provider, notice.provider)
    if isinstance(notice, VideoJobTroubled):
        if notice.reason == ErrorReason.ERROR_REASON_SUBMISSION_UNKNOWN:
            return wording.say("alert-video-unknown", language, vendor=vendor, job=notice.job_id)
        return wording.say("alert-video-dead", language, job=notice.job_id)
    if source == VIDEO_SOURCE:
        vendor = wording.say("alert-vendor-of-videos", language, vendor=vendor)
    if source == IMAGE_SOURCE:
        vendor = wording.say("alert-vendor-of-pictures", language, vendor=vendor)
    if isinstance(notice, VendorRecovered):
        return wording.say("alert-recovered", language, vendor=vendor)
    trouble = _trouble(notice, language, wording)
    if not notice.standby_provider:
        return wording.say("alert-nobody-answers", language, vendor=vendor, trouble=trouble)
    standby = VENDOR_NAMES.get(notice.standby_provider, notice.standby_provider)
    return wording.say("alert-other-answers", language, vendor=vendor, trouble=trouble, standby=standby)


def _kind(notice: AlertRaised | AlertCleared) -> str:
    return ALERTS.get(notice.kind, "unspecified").replace("_", "-")


def _place(notice: Notice, language: Language, wording: Wording) -> Keyboard | None:
    """A button that opens the panel's page about it, where that can be reached from outside."""
    if not isinstance(notice, AlertRaised) or not notice.url.startswith("https://"):
        return None
    label = wording.say("alert-open-button", language)
    return {"inline_keyboard": [[{"text": label, "url": notice.url}]]}


def _trouble(notice: VendorTroubled, language: Language, wording: Wording) -> str:
    match notice.reason:
        case ErrorReason.ERROR_REASON_PROVIDER_OUT_OF_FUNDS:
            return wording.say("trouble-out-of-funds", language)
        case ErrorReason.ERROR_REASON_PROVIDER_MISCONFIGURED:
            return wording.say("trouble-misconfigured", language)
        case ErrorReason.ERROR_REASON_PROVIDER_UNSUPPORTED_COUNTRY:
            return wording.say("trouble-unsupported-country", language)
        case ErrorReason.ERROR_REASON_MODEL_NOT_FOUND:
            return wording.say("trouble-model-not-found", language, model=notice.model)
        case ErrorReason.ERROR_REASON_PROVIDER_RATE_LIMITED:
            return wording.say("trouble-rate-limited", language)
        case _:
            return wording.say("trouble-unavailable", language)
