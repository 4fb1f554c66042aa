import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry

from services.chassis.environment import Environment
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import connect
from services.local import environment as env
from services.local.probes import HttpProbe
from services.sandbox.runway.app import build
from services.sandbox.runway.settings import RunwaySettings
from services.sandbox.vendor.faults import FaultKind
from services.video.metrics import VideoMetrics
from services.video.providers import configured
from services.video.worker.app import consumer, open_work
from tests.support.ports import free_port
from tests.support.processes import RealProcess
from tests.support.stand_ins import serving
from tests.support.usage_published import publishing_usage
from tests.support.video_work import settings

TAKEOVER_SECONDS: Final = 0.6
SUBMIT_SECONDS: Final = 0.8


class Runway:
    """Runway's stand-in, and what a test tells it."""

    def __init__(self, session: Any, url: str) -> None:
        self._session = session
        self.url = url

    async def tasks(self, prompt: str | None = None) -> list[dict[str, Any]]:
        """The tasks that it has ever taken."""
        async with self._session.get(f"{self.url}/control/tasks") as response:
            found = await response.json()
        return [task for task in found if prompt in (None, task["prompt"])]

    async def pace(self, **pace: float) -> None:
        await self._session.put(f"{self.url}/control/pace", json=pace)

    async def fail(self, kind: FaultKind, **when: Any) -> None:
        await self._session.post(f"{self.url}/control/faults", json={"kind": kind, **when})


@asynccontextmanager
async def runway(folder: Path) -> AsyncIterator[Runway]:
    """Serve the stand-in on this loop."""
    app = build(RunwaySettings(directory=folder, film_seconds=0.2))
    async with serving(app, 0) as (session, url):
        yield Runway(session, url)


@asynccontextmanager
async def working(nats_url: str, runway: Runway, **variables: Any) -> AsyncIterator[None]:
    """Run a worker with the real vendor on this loop, for the block."""
    quick = {"video_takeover_seconds": TAKEOVER_SECONDS, "google_base_url": None}
    chosen = settings(nats_url, runwayml_base_url=runway.url, **{**quick, **variables})
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(connect(nats_url, name="video-worker"))
        usage = await stack.enter_async_context(publishing_usage(nats, chosen, service="video-worker"))
        opened = open_work(
            chosen,
            nats,
            usage,
            configured.connect(chosen),
            metrics=VideoMetrics(CollectorRegistry()),
            failpoints=Failpoints("", Environment.TEST),
        )
        work, stop = await stack.enter_async_context(opened), asyncio.Event()
        running = asyncio.create_task(consumer(nats, work, chosen).run(stop))
        try:
            yield
        finally:
            stop.set()
            await running


def process(
    name: str, nats_url: str, runway: Runway, folder: Path, *, failpoints: str = "", **variables: str
) -> RealProcess:
    """A worker as a process of its own; it is not started."""
    metrics_port = free_port()
    environment = {
        **env.without_proxy_to_loopback(env.pick(os.environ, env.HOST)),
        "QUARTET_ENVIRONMENT": "test",
        "NATS_URL": nats_url,
        "RUNWAYML_BASE_URL": runway.url,
        "GRPC_PORT": str(free_port()),
        "METRICS_PORT": str(metrics_port),
        "GRACE_SECONDS": "1",
        "DRAIN_SECONDS": "0",
        "VIDEO_TAKEOVER_SECONDS": str(TAKEOVER_SECONDS),
        "VIDEO_SUBMIT_SECONDS": str(SUBMIT_SECONDS),
        "VIDEO_POLL_SECONDS": "0.05",
        "VIDEO_STORE_BYTES": "50000000",
        "FAILPOINTS": failpoints,
        **variables,
    }
    probe = HttpProbe(f"http://127.0.0.1:{metrics_port}/readyz")
    command = (sys.executable, "-m", "services.video.worker")
    return RealProcess(name, command, environment, probe, folder / f"{name}.log")
