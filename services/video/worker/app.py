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
from services.chassis.switches import open_switches
from services.providers.board import open_board
from services.providers.breaker import State
from services.providers.troubles import Troubles, open_events
from services.video.app import SERVICE, Stores, open_stores
from services.video.endings import SUBJECTS
from services.video.metrics import VideoMetrics
from services.video.providers.base import VideoProvider
from services.video.queue import STREAM, SUBJECT, WORKERS
from services.video.studio.studio import Studio
from services.video.usage import Usage
from services.video.vendors import VideoVendors
from services.video.worker.following import Following
from services.video.worker.keeping import Keeping
from services.video.worker.looking import Looking
from services.video.worker.nudges import Nudges
from services.video.worker.recording import Recording
from services.video.worker.settings import WorkerSettings
from services.video.worker.submitting import Submitter, Submitting
from services.video.worker.work import Work

DEAD_LETTERS: Final = f"{SUBJECTS}.video_work_dead"
"""What no worker can read; the stream of events keeps it for a week."""
STOP_SECONDS: Final = 1.0
"""Nobody can wait for videos: what is under way is given back at once, and goes on elsewhere."""


@asynccontextmanager
async def open_work(
    settings: WorkerSettings,
    nats: Nats,
    usage: Usage,
    providers: dict[str, VideoProvider],
    *,
    metrics: VideoMetrics,
    failpoints: Failpoints,
) -> AsyncIterator[Work]:
    """Put together what works on jobs. The providers are closed at the end of the block."""
    stores = await open_stores(settings, nats, usage)
    async with (
        _open_vendors(settings, nats, providers, metrics) as vendors,
        Nudges.open(nats.client) as nudges,
        Studio.open(max_at_once=settings.video_films_at_once) as studio,
    ):
        keeping = _keeping(settings, stores, studio, metrics, failpoints)
        looking = Looking(stores.jobs, stores.endings, poll_seconds=settings.video_poll_seconds)
        yield Work(
            stores.jobs,
            stores.endings,
            _submitting(settings, stores, vendors, providers, metrics, failpoints),
            Following(stores.jobs, stores.endings, looking, keeping, nudges, providers.get),
            stores.chronicle,
            metrics,
            failpoints,
            max_deliveries=settings.video_max_deliveries,
        )


@asynccontextmanager
async def _open_vendors(
    settings: WorkerSettings, nats: Nats, providers: dict[str, VideoProvider], metrics: VideoMetrics
) -> AsyncIterator[VideoVendors]:
    publisher = await open_events(nats, service=SERVICE, replicas=settings.stream_replicas)
    troubles = Troubles(publisher, metrics.vendors, service=SERVICE)
    board = await open_board(nats, service=SERVICE, replicas=settings.stream_replicas)
    for name in providers:
        metrics.vendors.state(name, State.CLOSED)
    # Whoever says how much "video" logs means its workers, too.
    opened = open_switches(nats, settings, SERVICE, replicas=settings.stream_replicas)
    async with opened as switches, troubles.publishing():
        vendors = VideoVendors(
            providers,
            settings.models_by_vendor,
            patience=settings.patience,
            policy=settings.breaker_policy,
            watch=troubles,
            is_off=switches.is_off,
        )
        try:
            async with board.kept(vendors.all, troubles.news):
                yield vendors
        finally:
            await vendors.aclose()


def _submitting(
    settings: WorkerSettings,
    stores: Stores,
    vendors: VideoVendors,
    providers: dict[str, VideoProvider],
    metrics: VideoMetrics,
    failpoints: Failpoints,
) -> Submitting:
    # Its own for each life of a process: what a former life began, this one does not know of.
    name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    recording = Recording(
        stores.jobs, providers.get, submitter=name, max_attempts=settings.video_max_attempts
    )
    submitter = Submitter(name, settings.video_submit_seconds)
    return Submitting(
        stores.jobs, stores.vault, vendors, recording, stores.chronicle, metrics, failpoints, submitter
    )


def _keeping(
    settings: WorkerSettings, stores: Stores, studio: Studio, metrics: VideoMetrics, failpoints: Failpoints
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


def consumer(nats: Nats, work: Work, settings: WorkerSettings) -> Consumer:
    """Return what takes jobs from the queue, which all workers share."""
    return Consumer(
        nats.js,
        STREAM,
        WORKERS,
        [SUBJECT],
        registry(VideoWork),
        work.handle,
        concurrency=settings.video_worker_jobs,
        ack_wait_seconds=settings.video_takeover_seconds,
        max_deliver=0,
        dead_letters=DEAD_LETTERS,
        reconnected=nats.reconnected,
        stop_seconds=STOP_SECONDS,
    )
