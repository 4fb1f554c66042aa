import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.client import channel
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.gateway.app import open_gateway
from services.gateway.docs_client import DocsClient
from services.gateway.image_client import ImageClient
from services.gateway.intake.webhook import listening
from services.gateway.metrics import GatewayMetrics
from services.gateway.settings import GatewaySettings, TelegramMode
from services.gateway.telegram import telegram
from services.gateway.text_client import TextClient


async def main(settings: GatewaySettings, stop: asyncio.Event) -> None:
    registry = CollectorRegistry()
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="gateway"))
        bot = await stack.enter_async_context(telegram(settings))
        to_text = await stack.enter_async_context(channel(settings.text_target))
        text = TextClient(to_text, timeout_seconds=settings.answer_timeout_seconds)
        to_image = await stack.enter_async_context(channel(settings.image_target))
        image = ImageClient(to_image, timeout_seconds=settings.drawing_timeout_seconds)
        to_docs = await stack.enter_async_context(channel(settings.docs_target))
        docs = DocsClient(to_docs, timeout_seconds=settings.reading_timeout_seconds)
        gateway = await open_gateway(settings, nats, bot, text, image, docs, GatewayMetrics(registry))
        await stack.enter_async_context(serving(settings, [], checks={"nats": nats.ping}, registry=registry))
        if settings.telegram_mode is TelegramMode.WEBHOOK:
            await stack.enter_async_context(listening(gateway.inbox, bot, settings))
        async for tenure in gateway.lease.tenures(stop):
            await gateway.speaker.speak(tenure, stop)


if __name__ == "__main__":
    launch("gateway", GatewaySettings, main)
