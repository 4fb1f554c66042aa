import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.chassis.switches import open_switches
from services.chassis.usage import open_usage
from services.video.app import open_office
from services.video.metrics import VideoMetrics
from services.video.settings import VideoSettings


async def main(settings: VideoSettings, stop: asyncio.Event) -> None:
    registry, failpoints = CollectorRegistry(), Failpoints(settings.failpoints, settings.environment)
    replicas = settings.stream_replicas
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="video"))
        await stack.enter_async_context(open_switches(nats, settings, "video", replicas=replicas))
        opened_usage = open_usage(nats, settings, registry, service="video", replicas=replicas)
        usage = await stack.enter_async_context(opened_usage)
        opened = open_office(settings, nats, usage, metrics=VideoMetrics(registry), failpoints=failpoints)
        served, checks = await stack.enter_async_context(opened), {"nats": nats.ping}
        await stack.enter_async_context(serving(settings, served, checks=checks, registry=registry))
        await stop.wait()


if __name__ == "__main__":
    launch("video", VideoSettings, main)
