import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.chassis.usage import open_usage
from services.video.metrics import VideoMetrics
from services.video.providers import configured
from services.video.worker.app import consumer, open_work
from services.video.worker.settings import WorkerSettings


async def main(settings: WorkerSettings, stop: asyncio.Event) -> None:
    registry, failpoints = CollectorRegistry(), Failpoints(settings.failpoints, settings.environment)
    replicas = settings.stream_replicas
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="video-worker"))
        opened_usage = open_usage(nats, settings, registry, service="video-worker", replicas=replicas)
        usage = await stack.enter_async_context(opened_usage)
        providers = configured.connect(settings)
        metrics = VideoMetrics(registry)
        opened = open_work(settings, nats, usage, providers, metrics=metrics, failpoints=failpoints)
        work = await stack.enter_async_context(opened)
        checks = {"nats": nats.ping}
        await stack.enter_async_context(serving(settings, [], checks=checks, registry=registry))
        await consumer(nats, work, settings).run(stop)


if __name__ == "__main__":
    launch("video-worker", WorkerSettings, main)
