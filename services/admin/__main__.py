import asyncio
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from services.admin.app import open_admin
from services.admin.metrics import AdminMetrics
from services.admin.panel.serving import serving_panel
from services.admin.settings import AdminSettings
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.chassis.process import launch
from services.chassis.server import serving
from services.chassis.switches import open_switches


async def main(settings: AdminSettings, stop: asyncio.Event) -> None:
    registry, failpoints = CollectorRegistry(), Failpoints(settings.failpoints, settings.environment)
    metrics = AdminMetrics(registry)
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(settings.nats_url, name="admin"))
        replicas = settings.stream_replicas
        await stack.enter_async_context(open_switches(nats, settings, "admin", replicas=replicas))
        opened = open_admin(settings, nats, metrics, failpoints, stop)
        admin = await stack.enter_async_context(opened)
        served, checks = admin.registrations, {"nats": nats.ping}
        await stack.enter_async_context(serving_panel(settings, admin.panel.application))
        await stack.enter_async_context(serving(settings, served, checks=checks, registry=registry))
        await stop.wait()


if __name__ == "__main__":
    launch("admin", AdminSettings, main)
