import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from services.chassis.errors import JobExpired, QuartetError
from services.video.endings import Endings
from services.video.job import Job, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.metrics import VideoMetrics
from services.video.orders import Orders
from services.video.persistence import STORE_FAILURES
from services.video.queue import Queue

log = structlog.get_logger()

# Whoever takes an order, or ends a job, has this long to do what follows.
LEFT_ALONE_SECONDS: Final = 30.0
# An end is told again for so long, unless it is certain that it was told.
TOLD_AGAIN: Final = timedelta(hours=1)
JITTER: Final = 0.2


class Sweeper:
    """Puts right what a death at a bad moment, or a queue that lost something, has left behind.

    Any number of replicas may sweep at once: all of it is done by steps that may be repeated.
    """

    def __init__(
        self,
        jobs: Jobs,
        queue: Queue,
        orders: Orders,
        endings: Endings,
        metrics: VideoMetrics,
        *,
        longest: timedelta,
        interval_seconds: float,
    ) -> None:
        self._jobs = jobs
        self._queue = queue
        self._orders = orders
        self._endings = endings
        self._metrics = metrics
        self._longest = longest
        self._interval_seconds = interval_seconds
        self._told: set[str] = set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except (*STORE_FAILURES, QuartetError) as error:
                log.warning("video_sweep_failed", error=type(error).__name__)
            await asyncio.sleep(self._interval_seconds)

    async def sweep(self) -> None:
        """Look at every job once. Raises what NATS raises, and QuartetError."""
        now = datetime.now(UTC)
        told = set[str]()
        async with aclosing(self._jobs.all()) as found:
            listed = [stored.job async for stored in found if not _is_old_news(stored.job, now)]
        for job in listed:
            if now - job.updated_at < self._left_alone:
                continue
            if job.state.is_final:
                told.add(job.job_id)
                if job.job_id not in self._told:
                    await self._tell(job)
            elif now - job.created_at > self._longest:
                await self._expire(job)
            elif not await self._queue.holds(job.work_sequence):
                await self._restore(job)
        self._told = told

    @property
    def _left_alone(self) -> timedelta:
        return timedelta(seconds=min(LEFT_ALONE_SECONDS, self._interval_seconds * 2))

    async def _tell(self, job: Job) -> None:
        stored = await self._read(job)
        if stored is not None and stored.job.state.is_final:
            await self._endings.announce(stored)

    async def _expire(self, job: Job) -> None:
        stored = await self._read(job)
        if stored is None:
            return
        stored = await self._jobs.change(stored, _expired)
        if stored.job.state is State.FAILED:
            log.warning("video_job_expired", job_id=job.job_id, provider=job.provider or None)
            self._metrics.swept.labels(what="expired").inc()
            await self._endings.announce(stored)
            await self._queue.remove(stored.job.work_sequence)

    async def _restore(self, job: Job) -> None:
        stored = await self._read(job)
        # It may have ended, or found its place, since it was listed.
        if stored is None or stored.job.state.is_final or stored.job.work_sequence != job.work_sequence:
            return
        log.warning("video_job_restored", job_id=job.job_id, state=str(job.state))
        self._metrics.swept.labels(what="restored").inc()
        await self._orders.queue_again(stored)

    async def _read(self, job: Job) -> Stored | None:
        try:
            return await self._jobs.get(job.owner.user_id, job.job_id)
        except Moved:
            return None


def _is_old_news(job: Job, now: datetime) -> bool:
    return job.state.is_final and now - job.updated_at > TOLD_AGAIN


def _expired(job: Job) -> Job:
    if job.state.is_final:
        return job
    return job.failed(JobExpired(metadata={"provider": job.provider} if job.provider else None))
