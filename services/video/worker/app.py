import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from quartet.video.v1.video_work_pb2 import VideoWork

from services.chassis.events import Consumer, registry
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats
from services.providers.breaker import State
from services.providers.troubles import Troubles, open_events
from services.video.app import SERVICE, Stores, open_stores
from services.video.metrics import VideoMetrics
from services.video.providers import configured
from services.video.providers.base import VideoProvider
from services.video.queue import STREAM, SUBJECT, WORKERS
from services.video.settings import VideoSettings
from services.video.studio.studio import Studio
from services.video.vendors import VideoVendors
from services.video.worker.following import Following
from services.video.worker.keeping import Keeping
from services.video.worker.nudges import Nudges
from services.video.worker.submitting import Policy, Submitting
from services.video.worker.work import Work

ACK_WAIT_SECONDS: Final = 15.0
"""So long after a worker's death another one takes its jobs over."""
DEAD_LETTERS: Final = "quartet.dead.video.work"
STOP_SECONDS: Final = 1.0
"""Nobody can wait for videos: what is under way is given back at once, and goes on elsewhere."""


@asynccontextmanager
async def open_worker(
    settings: VideoSettings, nats: Nats, *, metrics: VideoMetrics, failpoints: Failpoints
) -> AsyncIterator[Consumer]:
    """Put together what works on jobs."""
    stores = await open_stores(settings, nats)
    providers = configured.connect(settings)
    async with (
        _open_vendors(settings, nats, providers, metrics) as vendors,
        Nudges.open(nats.client) as nudges,
        Studio.open(max_at_once=settings.video_films_at_once) as studio,
    ):
        submitting = Submitting(
            stores.jobs,
            stores.vault,
            vendors,
            providers.get,
            metrics,
            failpoints,
            Policy(settings.video_submit_seconds, settings.video_max_attempts),
            submitter=f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}",
        )
        keeping = _keeping(settings, stores, studio, metrics, failpoints)
        following = Following(
            stores.jobs,
            stores.endings,
            keeping,
            nudges,
            providers.get,
            poll_seconds=settings.video_poll_seconds,
        )
        deliveries = settings.video_max_deliveries
        work = Work(
            stores.jobs,
            stores.endings,
            submitting,
            following,
            metrics,
            failpoints,
            max_deliveries=deliveries,
        )
        yield _consumer(nats, work, settings)


@asynccontextmanager
async def _open_vendors(
    settings: VideoSettings, nats: Nats, providers: dict[str, VideoProvider], metrics: VideoMetrics
) -> AsyncIterator[VideoVendors]:
    publisher = await open_events(nats, service=SERVICE, replicas=settings.stream_replicas)
    troubles = Troubles(publisher, metrics.vendors, service=SERVICE)
    for name in providers:
        metrics.vendors.state(name, State.CLOSED)
    vendors = VideoVendors(
        providers,
        settings.models_by_vendor,
        patience=settings.patience,
        policy=settings.breaker_policy,
        watch=troubles,
    )
    async with troubles.publishing():
        try:
            yield vendors
        finally:
            await vendors.aclose()


def _keeping(
    settings: VideoSettings, stores: Stores, studio: Studio, metrics: VideoMetrics, failpoints: Failpoints
) -> Keeping:
    return Keeping(
        stores.jobs,
        stores.vault,
        studio,
        stores.pace,
        metrics,
        failpoints,
        directory=Path(settings.video_directory) if settings.video_directory else None,
        max_file_bytes=settings.video_max_file_bytes,
    )


def _consumer(nats: Nats, work: Work, settings: VideoSettings) -> Consumer:
    return Consumer(
        nats.js,
        STREAM,
        WORKERS,
        [SUBJECT],
        registry(VideoWork),
        work.handle,
        concurrency=settings.video_worker_jobs,
        ack_wait_seconds=ACK_WAIT_SECONDS,
        max_deliver=0,
        dead_letters=DEAD_LETTERS,
        reconnected=nats.reconnected,
        stop_seconds=STOP_SECONDS,
    )
