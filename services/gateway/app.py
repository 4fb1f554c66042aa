import asyncio
from dataclasses import dataclass
from datetime import timedelta

from aiogram import Bot
from nats.js.api import KeyValueConfig, StorageType
from nats.js.kv import KeyValue

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats, ensure_bucket
from services.gateway.answers import Answers
from services.gateway.delivery.composing import Composer
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.revisions import Revisions
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.sending import Sender
from services.gateway.delivery.turn import Turn
from services.gateway.delivery.views import Views
from services.gateway.intake.inbox import Inbox
from services.gateway.intake.polling import Polling
from services.gateway.lanes import Lanes
from services.gateway.lease import Lease, Tenure
from services.gateway.metrics import GatewayMetrics
from services.gateway.people import People
from services.gateway.processes import ProcessIdentity
from services.gateway.questions import speaker_of
from services.gateway.routers import build_dispatcher
from services.gateway.settings import GatewaySettings, TelegramMode
from services.gateway.shift import Shift
from services.gateway.speaker import Speaker
from services.gateway.speech import Speech
from services.gateway.stops import Stops
from services.gateway.telegram import knows_drafts, publish_commands
from services.gateway.text_client import TextClient
from services.gateway.turns import TurnLog
from services.gateway.wording import Wording

SHARD = 0
"""One shard speaks for all chats; more are for bots that one process cannot speak for."""


@dataclass(frozen=True)
class Gateway:
    """The parts of a gateway that live as long as the process."""

    inbox: Inbox
    lease: Lease
    speaker: Speaker


async def open_gateway(
    settings: GatewaySettings, nats: Nats, bot: Bot, text: TextClient, metrics: GatewayMetrics
) -> Gateway:
    """Makes the streams and buckets where they are missing, and puts the parts together."""
    limit = settings.max_in_flight_updates
    inbox = Inbox(nats, metrics, bot_id=settings.bot_id, shard=SHARD, max_in_flight=limit)
    await inbox.ensure(replicas=settings.stream_replicas)
    ledger_seconds = timedelta(hours=settings.ledger_hours).total_seconds()
    turns = TurnLog(await _bucket(nats, "turns", settings, ttl_seconds=ledger_seconds))
    lease = Lease(
        await _bucket(nats, "leases", settings),
        # Two bots on one NATS have nothing to do with each other.
        name=f"{settings.bot_id}.{SHARD}",
        holder=str(ProcessIdentity.own()),
        seconds=settings.lease_seconds,
    )
    people = await _bucket(nats, "people", settings)
    shifts = Shifts(settings, bot, turns, people, text, metrics)
    polling = Polling(bot, inbox) if settings.telegram_mode is TelegramMode.POLLING else None
    speaker = Speaker(nats, inbox, polling, shifts.open, metrics, drain_seconds=settings.grace_seconds)
    return Gateway(inbox, lease, speaker)


class Shifts:
    """Builds a tenure's objects: new for each, so that nothing outlives the right to speak."""

    def __init__(
        self,
        settings: GatewaySettings,
        bot: Bot,
        turns: TurnLog,
        people: KeyValue,
        text: TextClient,
        metrics: GatewayMetrics,
    ) -> None:
        self._settings = settings
        self._bot = bot
        self._turns = turns
        self._people = people
        self._text = text
        self._metrics = metrics
        self._wording = Wording.load()
        self._dispatcher = build_dispatcher(self._wording, text)
        self._failpoints = Failpoints(settings.failpoints, settings.environment)
        self._publishing: asyncio.Task[None] | None = None

    async def open(self, tenure: Tenure, lanes: Lanes) -> Shift:
        self._publishing = asyncio.create_task(publish_commands(self._bot, self._wording))
        pace = self._settings.telegram_messages_per_second
        scheduler = Scheduler(self._bot, tenure, self._metrics, messages_per_second=pace)
        composer = Composer(self._speak)
        sender = Sender(scheduler, composer, self._wording, self._metrics)
        replies = Replies(self._turns, scheduler, composer, sender, self._metrics, self._failpoints)
        revisions = Revisions(self._turns)
        views = Views(scheduler, replies, self._wording, has_drafts=await knows_drafts(self._bot))
        stops = Stops()
        answers = Answers(self._text, replies, revisions, views, stops, self._wording, self._metrics)
        people = People(self._people, bot_id=self._bot.id, tenure=tenure)
        speech = Speech(people, replies, revisions, stops, answers)
        return Shift(tenure, lanes, speech, self._turns, self._dispatcher, self._bot, self._metrics)

    async def _speak(self, turn: Turn, text: str) -> bytes:
        return (await self._text.speak(text, speaker_of(turn))).content


async def _bucket(nats: Nats, name: str, settings: GatewaySettings, *, ttl_seconds: float = 0) -> KeyValue:
    config = KeyValueConfig(
        bucket=name,
        ttl=ttl_seconds or None,
        storage=StorageType.FILE,
        replicas=settings.stream_replicas,
    )
    return await ensure_bucket(nats.js, config)
