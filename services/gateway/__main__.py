import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.chassis.switches import open_switches
from services.chassis.usage import open_usage
from services.gateway.app import open_clients, open_gateway, registrations
from services.gateway.intake.settings import TelegramMode
from services.gateway.intake.webhook import listening
from services.gateway.links.site import serving_links
from services.gateway.metrics import GatewayMetrics
from services.gateway.settings import GatewaySettings
from services.gateway.telegram import telegram


async def main(settings: GatewaySettings, stop: asyncio.Event) -> None:
    registry, replicas = CollectorRegistry(), settings.stream_replicas
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="gateway"))
        await stack.enter_async_context(open_switches(nats, settings, "gateway", replicas=replicas))
        bot = await stack.enter_async_context(telegram(settings))
        clients = await stack.enter_async_context(open_clients(settings))
        opened = open_usage(nats, settings, registry, service="gateway", replicas=replicas)
        usage = await stack.enter_async_context(opened)
        opening = open_gateway(settings, nats, bot, clients, usage, GatewayMetrics(registry))
        gateway = await stack.enter_async_context(opening)
        served, checks = registrations(gateway, settings), {"nats": nats.ping}
        await stack.enter_async_context(serving(settings, served, checks=checks, registry=registry))
        await stack.enter_async_context(serving_links(settings, clients.video))
        if settings.telegram_mode is TelegramMode.WEBHOOK:
            await stack.enter_async_context(listening(gateway.inbox, bot, settings))
        async for tenure in gateway.lease.tenures(stop):
            await gateway.speaker.speak(tenure, stop)


if __name__ == "__main__":
    launch("gateway", GatewaySettings, main)
