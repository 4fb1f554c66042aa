import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.chassis.switches import open_switches
from services.docs.app import open_servicer
from services.docs.metrics import DocsMetrics
from services.docs.reading import Reading
from services.docs.settings import DocsSettings


async def main(settings: DocsSettings, stop: asyncio.Event) -> None:
    registry, failpoints = CollectorRegistry(), Failpoints(settings.failpoints, settings.environment)
    async with AsyncExitStack() as stack:
        reading = await stack.enter_async_context(Reading.open(settings.reading_limits))
        nats = await stack.enter_async_context(connect(settings.nats_url, name="docs"))
        metrics, replicas = DocsMetrics(registry), settings.stream_replicas
        await stack.enter_async_context(open_switches(nats, settings, "docs", replicas=replicas))
        opened = open_servicer(settings, nats, reading, metrics, failpoints)
        servicer = await stack.enter_async_context(opened)
        served, checks = [servicer.registration()], {"nats": nats.ping}
        await stack.enter_async_context(serving(settings, served, checks=checks, registry=registry))
        await stop.wait()


if __name__ == "__main__":
    launch("docs", DocsSettings, main)
