import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.client import channel
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.gateway.app import open_inbox, open_lease, open_turns, shift_opener
from services.gateway.intake.polling import Polling
from services.gateway.intake.webhook import listening
from services.gateway.metrics import GatewayMetrics
from services.gateway.routers import build_dispatcher
from services.gateway.settings import GatewaySettings, TelegramMode
from services.gateway.speaker import Speaker
from services.gateway.telegram import telegram
from services.gateway.text_client import TextClient
from services.gateway.wording import Wording


async def main(settings: GatewaySettings, stop: asyncio.Event) -> None:
    registry, wording = CollectorRegistry(), Wording.load()
    metrics = GatewayMetrics(registry)
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="gateway"))
        bot = await stack.enter_async_context(telegram(settings))
        to_text = await stack.enter_async_context(channel(settings.text_target))
        text = TextClient(to_text, timeout_seconds=settings.answer_timeout_seconds)
        inbox = await open_inbox(nats, settings, metrics)
        lease, turns = await open_lease(nats, settings), await open_turns(nats, settings)
        dispatcher = build_dispatcher(wording, text)
        failpoints = Failpoints(settings.failpoints, settings.environment)
        opener = shift_opener(bot, dispatcher, turns, text, wording, metrics, failpoints)
        polling = Polling(bot, inbox) if settings.telegram_mode is TelegramMode.POLLING else None
        speaker = Speaker(nats, inbox, polling, opener, metrics, drain_seconds=settings.grace_seconds)
        await stack.enter_async_context(serving(settings, [], checks={"nats": nats.ping}, registry=registry))
        if polling is None:
            await stack.enter_async_context(listening(inbox, bot, settings))
        async for tenure in lease.tenures(stop):
            await speaker.speak(tenure, stop)


if __name__ == "__main__":
    launch("gateway", GatewaySettings, main)
