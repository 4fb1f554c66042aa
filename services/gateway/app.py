from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiogram import Bot
from nats.js.api import KeyValueConfig, StorageType
from nats.js.kv import KeyValue

from services.chassis.audit import ensure_audit_stream
from services.chassis.client import channel
from services.chassis.events import Publisher
from services.chassis.jetstream import Nats, ensure_bucket
from services.chassis.privacy import ensure_privacy_stream
from services.chassis.server import Registration
from services.chassis.usage import UsagePublisher
from services.gateway.admin_client import AdminClient
from services.gateway.bookkeeping.bookkeeper import Bookkeeper
from services.gateway.bookkeeping.directory import open_directory
from services.gateway.broadcasts.deliveries import Deliveries, open_deliveries
from services.gateway.broadcasts.servicer import DeliveryServicer
from services.gateway.docs_client import DocsClient
from services.gateway.duties import Clients, Duties
from services.gateway.feedback.arrival import Arrivals
from services.gateway.feedback.correspondence import Correspondence
from services.gateway.feedback.servicer import FeedbackServicer
from services.gateway.house import House, open_house
from services.gateway.image_client import ImageClient
from services.gateway.intake.inbox import Inbox
from services.gateway.intake.polling import Polling
from services.gateway.intake.settings import TelegramMode
from services.gateway.lease import Lease
from services.gateway.metrics import GatewayMetrics
from services.gateway.processes import ProcessIdentity
from services.gateway.settings import GatewaySettings
from services.gateway.speaker import Speaker
from services.gateway.text_client import TextClient
from services.gateway.turns import BUCKET as TURNS
from services.gateway.turns import TurnLog
from services.gateway.video_client import VideoClient
from services.gateway.wording import Wording

SHARD = 0
"""One shard speaks for all chats; more are for bots that one process cannot speak for."""


@dataclass(frozen=True)
class Gateway:
    """The parts of a gateway that live as long as the process."""

    inbox: Inbox
    lease: Lease
    speaker: Speaker
    deliveries: Deliveries
    house: House


@asynccontextmanager
async def open_clients(settings: GatewaySettings) -> AsyncIterator[Clients]:
    """Connects to the services that are asked; nothing is sent yet."""
    tls = settings.tls_directory
    async with (
        channel(settings.text_target, tls) as text,
        channel(settings.image_target, tls) as image,
        channel(settings.docs_target, tls) as docs,
        channel(settings.video_target, tls) as video,
        channel(settings.admin_target, tls) as admin,
    ):
        yield Clients(
            TextClient(text, timeout_seconds=settings.answer_timeout_seconds),
            ImageClient(image, timeout_seconds=settings.drawing_timeout_seconds),
            DocsClient(docs, timeout_seconds=settings.reading_timeout_seconds),
            VideoClient(video),
            AdminClient(admin),
        )


@asynccontextmanager
async def open_gateway(
    settings: GatewaySettings,
    nats: Nats,
    bot: Bot,
    clients: Clients,
    usage: UsagePublisher,
    metrics: GatewayMetrics,
) -> AsyncIterator[Gateway]:
    """Makes the streams and buckets where they are missing, and puts the parts together."""
    limit = settings.max_in_flight_updates
    inbox = Inbox(nats, metrics, bot_id=settings.bot_id, shard=SHARD, max_in_flight=limit)
    await inbox.ensure(replicas=settings.stream_replicas)
    ledger_seconds = timedelta(hours=settings.ledger_hours).total_seconds()
    turns = TurnLog(nats.js, await _bucket(nats, TURNS, settings, ttl_seconds=ledger_seconds))
    lease = Lease(
        await _bucket(nats, "leases", settings),
        # Two bots on one NATS have nothing to do with each other.
        name=f"{settings.bot_id}.{SHARD}",
        holder=str(ProcessIdentity.own()),
        seconds=settings.lease_seconds,
    )
    people = await _bucket(nats, "people", settings)
    await ensure_privacy_stream(nats.js, replicas=settings.stream_replicas)
    await ensure_audit_stream(nats.js, replicas=settings.stream_replicas)
    directory = await open_directory(nats, replicas=settings.stream_replicas)
    wishes = Publisher(nats.js, source="/quartet/gateway")
    bookkeeper = Bookkeeper(usage, directory, settings.keyring, wishes, nats.js)
    deliveries = await open_deliveries(
        nats, directory, bot_id=settings.bot_id, replicas=settings.stream_replicas
    )
    async with open_house(settings, nats, directory) as house:
        duties = Duties(settings, bot, turns, people, nats, clients, bookkeeper, deliveries, metrics, house)
        polling = (
            Polling(bot, inbox, drops_pending=settings.telegram_drop_pending)
            if settings.telegram_mode is TelegramMode.POLLING
            else None
        )
        speaker = Speaker(nats, inbox, polling, duties.open, metrics, drain_seconds=settings.grace_seconds)
        yield Gateway(inbox, lease, speaker, deliveries, house)


def registrations(gateway: Gateway, settings: GatewaySettings) -> list[Registration]:
    """What is served to admin."""
    deliveries = DeliveryServicer(gateway.deliveries, settings.admins)
    correspondence = Correspondence(gateway.house.mailbox, gateway.deliveries, Wording.load())
    feedback = FeedbackServicer(
        gateway.house.mailbox, correspondence, Arrivals(gateway.deliveries.ledger), settings.admins
    )
    return [deliveries.registration(), gateway.house.people.registration(), feedback.registration()]


async def _bucket(nats: Nats, name: str, settings: GatewaySettings, *, ttl_seconds: float = 0) -> KeyValue:
    config = KeyValueConfig(
        bucket=name,
        ttl=ttl_seconds or None,
        storage=StorageType.FILE,
        replicas=settings.stream_replicas,
    )
    return await ensure_bucket(nats.js, config)
