import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.chassis.server import Registration
from services.providers.troubles import open_events
from services.video.account import Limits
from services.video.allowance import Allowances, open_allowances
from services.video.desk_servicer import VideoDeskServicer
from services.video.endings import Endings
from services.video.fetching import Fetching
from services.video.frames.frames import Frames
from services.video.intake import Intake
from services.video.jobs import Jobs, open_jobs
from services.video.metrics import VideoMetrics
from services.video.models import models_of, terms_of
from services.video.orders import Orders
from services.video.oversight import Oversight
from services.video.pace import Pace, open_pace
from services.video.providers import configured
from services.video.queue import Queue, open_queue
from services.video.servicer import VideoServicer
from services.video.settings import VideoSettings
from services.video.sweeping.lost_jobs import LostJobs
from services.video.sweeping.reservations import ForgottenReservations
from services.video.sweeping.stock import Stocktaking
from services.video.sweeping.sweeper import Sweeper
from services.video.usage import Chronicle, Usage
from services.video.vault import Vault, open_vault
from services.video.workshop.workshop import Workshop

SERVICE: Final = "video"


class Stores:
    """All that the service and its workers share through NATS."""

    def __init__(
        self,
        jobs: Jobs,
        queue: Queue,
        allowances: Allowances,
        vault: Vault,
        pace: Pace,
        endings: Endings,
        chronicle: Chronicle,
    ) -> None:
        self.jobs = jobs
        self.queue = queue
        self.allowances = allowances
        self.vault = vault
        self.pace = pace
        self.endings = endings
        self.chronicle = chronicle


async def open_stores(settings: VideoSettings, nats: Nats, usage: Usage) -> Stores:
    """Create or update the streams and buckets that this service owns. Raises ConfigurationConflict."""
    replicas = settings.stream_replicas
    limits = Limits(settings.video_max_per_user, settings.video_seconds_per_day, settings.zone)
    allowances = await open_allowances(nats, limits, replicas=replicas)
    publisher = await open_events(nats, service=SERVICE, replicas=replicas)
    chronicle = Chronicle(usage)
    return Stores(
        jobs=await open_jobs(nats, kept_days=settings.video_kept_days, replicas=replicas),
        queue=await open_queue(nats, max_jobs=settings.video_max_jobs, replicas=replicas),
        allowances=allowances,
        vault=await open_vault(
            nats,
            kept_days=settings.video_kept_days,
            max_bytes=settings.video_store_bytes,
            timeout_seconds=settings.video_store_timeout_seconds,
            replicas=replicas,
        ),
        pace=await open_pace(
            nats,
            usual_seconds=settings.video_usual_seconds,
            concurrency=settings.video_vendor_concurrency,
            replicas=replicas,
        ),
        endings=Endings(publisher, allowances, chronicle, kept_days=settings.video_kept_days),
        chronicle=chronicle,
    )


@asynccontextmanager
async def open_office(
    settings: VideoSettings, nats: Nats, usage: Usage, *, metrics: VideoMetrics, failpoints: Failpoints
) -> AsyncIterator[list[Registration]]:
    """Put together what takes orders, and what operators see; the sweeper runs as long as the block."""
    stores = await open_stores(settings, nats, usage)
    providers = configured.connect(settings)
    models = models_of(providers, settings.models_by_vendor)
    # Here they only say what they offer: whoever asks them is a worker.
    for provider in providers.values():
        await provider.aclose()
    async with Workshop.open(max_at_once=settings.video_films_at_once) as workshop:
        intake = Intake(
            stores.jobs,
            stores.queue,
            stores.allowances,
            stores.vault,
            Frames(workshop, max_bytes=settings.video_max_first_frame_bytes),
            terms_of(models, max_prompt_characters=settings.video_max_prompt_characters),
            metrics,
            failpoints,
        )
        orders = Orders(
            intake,
            stores.jobs,
            stores.queue,
            stores.vault,
            stores.endings,
            stores.pace,
            stores.chronicle,
            metrics,
            nats.client,
        )
        fetching = Fetching(stores.jobs, stores.vault, max_fetches=settings.video_max_fetches)
        async with _sweeping(settings, stores, intake, metrics):
            office = VideoServicer(orders, fetching, models, stores.allowances, stores.endings)
            desk = VideoDeskServicer(Oversight(stores.jobs, orders), settings.admins)
            yield [office.registration(), desk.registration()]


@asynccontextmanager
async def _sweeping(
    settings: VideoSettings, stores: Stores, intake: Intake, metrics: VideoMetrics
) -> AsyncIterator[None]:
    longest = timedelta(hours=settings.video_job_hours)
    lost = LostJobs(stores.jobs, stores.queue, intake, stores.endings, metrics, longest=longest)
    forgotten = ForgottenReservations(stores.jobs, stores.allowances, metrics)
    stocktaking = Stocktaking(stores.vault, metrics)
    rounds = (lost.sweep, forgotten.sweep, stocktaking.sweep)
    sweeper = Sweeper(rounds, interval_seconds=settings.video_sweep_seconds)
    sweeping = asyncio.create_task(sweeper.run())
    try:
        yield
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
