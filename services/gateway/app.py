import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiogram import Bot, Dispatcher
from nats.js.api import KeyValueConfig, StorageType
from nats.js.kv import KeyValue

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats, ensure_bucket
from services.gateway.answers import Answers
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.delivery.views import Views
from services.gateway.intake.inbox import Inbox
from services.gateway.lanes import Lanes
from services.gateway.lease import Lease, Tenure
from services.gateway.metrics import GatewayMetrics
from services.gateway.settings import GatewaySettings
from services.gateway.shift import Shift
from services.gateway.speech import Speech
from services.gateway.stops import Stops
from services.gateway.telegram import knows_drafts, publish_commands
from services.gateway.text_client import TextClient
from services.gateway.turns import TurnLog
from services.gateway.wording import Wording

SHARD = 0
"""One shard speaks for all chats; more are for bots that one process cannot speak for."""


async def open_inbox(nats: Nats, settings: GatewaySettings, metrics: GatewayMetrics) -> Inbox:
    inbox = Inbox(
        nats, metrics, bot_id=settings.bot_id, shard=SHARD, max_in_flight=settings.max_in_flight_updates
    )
    await inbox.ensure(replicas=settings.stream_replicas)
    return inbox


async def open_lease(nats: Nats, settings: GatewaySettings) -> Lease:
    bucket = await _bucket(nats, "leases", settings)
    holder = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"
    # Leases of two bots on one NATS have nothing to do with each other.
    return Lease(bucket, name=f"{settings.bot_id}.{SHARD}", holder=holder, seconds=settings.lease_seconds)


async def open_turns(nats: Nats, settings: GatewaySettings) -> TurnLog:
    ttl = timedelta(hours=settings.ledger_hours).total_seconds()
    return TurnLog(await _bucket(nats, "turns", settings, ttl_seconds=ttl))


async def _bucket(nats: Nats, name: str, settings: GatewaySettings, *, ttl_seconds: float = 0) -> KeyValue:
    config = KeyValueConfig(
        bucket=name,
        ttl=ttl_seconds or None,
        storage=StorageType.FILE,
        replicas=settings.stream_replicas,
    )
    return await ensure_bucket(nats.js, config)


def shift_opener(
    bot: Bot,
    dispatcher: Dispatcher,
    turns: TurnLog,
    text_client: TextClient,
    wording: Wording,
    metrics: GatewayMetrics,
    failpoints: Failpoints,
) -> Callable[[Tenure, Lanes], Awaitable[Shift]]:
    """How a tenure's objects are built: new for each, so that nothing outlives the right to speak."""
    background: set[asyncio.Task[None]] = set()

    async def open_shift(tenure: Tenure, lanes: Lanes) -> Shift:
        publishing = asyncio.create_task(publish_commands(bot, wording))
        background.add(publishing)
        publishing.add_done_callback(background.discard)
        scheduler = Scheduler(bot, tenure, metrics)
        replies = Replies(turns, scheduler, wording, metrics, failpoints)
        views = Views(scheduler, replies, wording, has_drafts=await knows_drafts(bot))
        stops = Stops()
        answers = Answers(text_client, replies, views, stops, wording, metrics)
        speech = Speech(replies, stops, answers)
        return Shift(tenure, lanes, speech, turns, dispatcher, bot, metrics)

    return open_shift
