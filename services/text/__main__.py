import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.text import providers
from services.text.asking import Patience
from services.text.catalogue import Catalogue
from services.text.metrics import TextMetrics
from services.text.question import Limits
from services.text.replies import Manner, Replies
from services.text.runs import Runs
from services.text.servicer import TextServicer
from services.text.settings import TextSettings
from services.text.store import open_store
from services.text.vendors import Vendor, Vendors


async def main(settings: TextSettings, stop: asyncio.Event) -> None:
    registry, failpoints = CollectorRegistry(), Failpoints(settings.failpoints, settings.environment)
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="text"))
        store = await open_store(nats, settings)
        provider = next(iter(providers.build(settings).values()))
        patience = Patience(settings.text_max_retries, settings.text_retry_budget_seconds)
        vendors = Vendors([Vendor(provider, settings.model_ids)], patience)
        stack.push_async_callback(vendors.aclose)
        catalogue, metrics = Catalogue(provider, settings.model_ids), TextMetrics(registry)
        runs = Runs(max_runs=settings.text_max_streams, interval_seconds=settings.text_coalescing_seconds)
        stack.push_async_callback(runs.ended)
        replies = Replies(vendors, store, runs, Manner.of(settings), metrics=metrics, failpoints=failpoints)
        servicer = TextServicer(replies, catalogue, store, Limits.of(settings, vendors.capabilities))
        served, checks = [servicer.registration()], {"nats": nats.ping}
        await stack.enter_async_context(serving(settings, served, checks=checks, registry=registry))
        await catalogue.check()
        await stop.wait()


if __name__ == "__main__":
    launch("text", TextSettings, main)
