import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.image.app import SERVICE, open_drawings, open_vendors
from services.image.metrics import ImageMetrics
from services.image.order import Limits
from services.image.servicer import ImageServicer
from services.image.settings import ImageSettings
from services.providers.ledger import open_books


async def main(settings: ImageSettings, stop: asyncio.Event) -> None:
    registry, failpoints = CollectorRegistry(), Failpoints(settings.failpoints, settings.environment)
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="image"))
        metrics, replicas = ImageMetrics(registry), settings.stream_replicas
        opened_books = open_books(nats, settings, registry, service=SERVICE, replicas=replicas)
        books = await stack.enter_async_context(opened_books)
        vendors = await stack.enter_async_context(open_vendors(settings, nats, metrics))
        opened = open_drawings(settings, nats, vendors, books, metrics=metrics, failpoints=failpoints)
        drawings, gallery = await stack.enter_async_context(opened)
        limits = Limits.of(settings)
        servicer = ImageServicer(drawings, gallery, limits, max_fetches=settings.image_max_fetches)
        served, checks = [servicer.registration()], {"nats": nats.ping}
        await stack.enter_async_context(serving(settings, served, checks=checks, registry=registry))
        await stop.wait()


if __name__ == "__main__":
    launch("image", ImageSettings, main)
