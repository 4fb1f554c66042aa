from collections import Counter
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from services.chassis.errors import JobExpired
from services.video.endings import Endings
from services.video.intake import Intake
from services.video.job import Job
from services.video.jobs import Jobs, Moved, Stored
from services.video.metrics import VideoMetrics
from services.video.queue import Queue, QueueFull

log = structlog.get_logger()

# Whoever takes an order, or ends a job, has this long to do what follows.
LEFT_ALONE_SECONDS: Final = 30.0
# An end is told again for so long, unless it is certain that it was told.
TOLD_AGAIN: Final = timedelta(hours=1)


class LostJobs:
    """Finds jobs that the queue has lost, that have taken too long, or whose end may not have been told."""

    def __init__(
        self,
        jobs: Jobs,
        queue: Queue,
        intake: Intake,
        endings: Endings,
        metrics: VideoMetrics,
        *,
        longest: timedelta,
        left_alone_seconds: float = LEFT_ALONE_SECONDS,
    ) -> None:
        self._jobs = jobs
        self._queue = queue
        self._intake = intake
        self._endings = endings
        self._metrics = metrics
        self._longest = longest
        self._left_alone = timedelta(seconds=left_alone_seconds)
        self._told: set[str] = set()

    async def sweep(self) -> None:
        """Look at every job once. Raises what NATS raises, and QuartetError."""
        now = datetime.now(UTC)
        async with aclosing(self._jobs.all()) as found:
            listed = [stored.job async for stored in found if not _is_old_news(stored.job, now)]
        self._metrics.under_way(Counter(str(job.state) for job in listed if not job.state.is_final))
        old = [job for job in listed if now - job.updated_at >= self._left_alone]
        self._told &= {job.job_id for job in old}
        for job in old:
            if job.state.is_final:
                await self._tell(job)
            elif now - job.created_at > self._longest:
                await self._expire(job)
            elif not await self._queue.holds(job):
                await self._restore(job)

    async def _tell(self, job: Job) -> None:
        if job.job_id in self._told:
            return
        stored = await self._read(job)
        if stored is not None and stored.job.state.is_final:
            await self._endings.announce(stored)
        self._told.add(job.job_id)

    async def _expire(self, job: Job) -> None:
        stored = await self._read(job)
        if stored is None or stored.job.state.is_final:
            return
        try:
            stored = await self._jobs.move(stored, stored.job.failed(_expired(stored.job)))
        except Moved:
            return
        log.warning("video_job_expired", job_id=job.job_id, provider=job.provider or None)
        self._metrics.swept.labels(what="expired").inc()
        await self._endings.announce(stored)
        if not stored.job.task_id:
            # Otherwise its worker has the vendor's task ended first.
            self._metrics.ended(str(stored.job.state), JobExpired.reason)
            await self._queue.remove(stored.job.work_sequence)

    async def _restore(self, job: Job) -> None:
        stored = await self._read(job)
        # It may have ended, or found its place, since it was listed.
        if stored is None or stored.job.state.is_final or stored.job.work_sequence != job.work_sequence:
            return
        try:
            await self._intake.queue_again(stored)
        except Moved:
            return
        except QueueFull:
            log.warning("video_job_not_restored", job_id=job.job_id)
            return
        log.warning("video_job_restored", job_id=job.job_id, state=str(job.state))
        self._metrics.swept.labels(what="restored").inc()

    async def _read(self, job: Job) -> Stored | None:
        return await self._jobs.get(job.owner.user_id, job.job_id)


def _is_old_news(job: Job, now: datetime) -> bool:
    return job.state.is_final and now - job.updated_at > TOLD_AGAIN


def _expired(job: Job) -> JobExpired:
    return JobExpired(metadata={"provider": job.provider} if job.provider else None)
