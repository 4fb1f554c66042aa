import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.text.app import open_replies, open_vendors
from services.text.catalogue import Catalogue
from services.text.errands import Errands
from services.text.metrics import TextMetrics
from services.text.question import Limits
from services.text.servicer import TextServicer
from services.text.settings import TextSettings
from services.text.store import open_store


async def main(settings: TextSettings, stop: asyncio.Event) -> None:
    registry, failpoints = CollectorRegistry(), Failpoints(settings.failpoints, settings.environment)
    async with connect(settings.nats_url, name="text") as nats, AsyncExitStack() as stack:
        store = await open_store(nats, settings)
        metrics = TextMetrics(registry)
        opened_vendors = open_vendors(settings, nats, registry, metrics)
        vendors, voice, embeddings, books = await stack.enter_async_context(opened_vendors)
        catalogue = Catalogue(vendors.all, settings.text_focus_models)
        opened = open_replies(settings, nats, vendors, store, books, metrics=metrics, failpoints=failpoints)
        replies = await stack.enter_async_context(opened)
        limits = Limits.of(settings, vendors.capabilities)
        errands = Errands.of(vendors, embeddings, store, books, metrics, limits)
        servicer = TextServicer(replies, catalogue, store, errands, voice, limits)
        served = serving(settings, [servicer.registration()], checks={"nats": nats.ping}, registry=registry)
        await stack.enter_async_context(served)
        await catalogue.check()
        await stop.wait()


if __name__ == "__main__":
    launch("text", TextSettings, main)
