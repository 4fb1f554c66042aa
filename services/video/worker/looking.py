import asyncio
import time
from typing import Final

import structlog

from services.chassis.errors import QuartetError, ResourceNotFound
from services.video.endings import Endings
from services.video.job import Job, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.providers.base import Task, TaskState, VideoProvider
from services.video.worker.nudges import pause
from services.video.worker.patience import look_pause_seconds

log = structlog.get_logger()

MAX_FAILURES_AFTER_END: Final = 5
LEAST_PROGRESS_PERCENT: Final = 4
PROGRESS_SECONDS: Final = 2.0


class Looking:
    """Looks at a vendor's task again and again, until it has ended there or the job has ended here."""

    def __init__(self, jobs: Jobs, endings: Endings, *, poll_seconds: float) -> None:
        self._jobs = jobs
        self._endings = endings
        self.poll_seconds = poll_seconds

    async def until_ended(
        self, stored: Stored, provider: VideoProvider, nudge: asyncio.Event
    ) -> tuple[Stored, Task | None]:
        """Return how the task has ended, and None where the job has; a vendor's silence is no end.

        A task that the vendor does not know any more counts as cancelled. Raises ServiceUnavailable where the
        store stays silent, Moved where the job is gone.
        """
        failures, told_at = 0, time.monotonic()
        while True:
            stored = await self._read(stored)
            job = stored.job
            try:
                if job.state.is_final:
                    # Here without the vendor knowing: it was given up.
                    await provider.cancel(job.task_id)
                    return stored, None
                task = await self._look(job, provider)
            except QuartetError as error:
                failures += 1
                log.warning("video_look_failed", job_id=job.job_id, reason=error.reason, failures=failures)
                if job.state.is_final and failures >= MAX_FAILURES_AFTER_END:
                    return stored, None
                await pause(nudge, look_pause_seconds(self.poll_seconds, failures, error))
                continue
            failures = 0
            if task.state.is_final:
                return stored, task
            if _has_come_further(job, task) and time.monotonic() - told_at > PROGRESS_SECONDS:
                told_at = time.monotonic()
                stored = await self._tell(stored, task)
            await pause(nudge, look_pause_seconds(self.poll_seconds))

    async def _look(self, job: Job, provider: VideoProvider) -> Task:
        try:
            task = await provider.look(job.task_id)
            if job.cancel_requested and not task.state.is_final:
                # Only then: of a task that is over, this would delete the video.
                await provider.cancel(job.task_id)
                task = await provider.look(job.task_id)
        except ResourceNotFound:
            return Task(TaskState.CANCELLED)
        return task

    async def _tell(self, stored: Stored, task: Task) -> Stored:
        def progressed(job: Job) -> Job:
            return job.progressed(task.progress_percent) if job.state is State.RUNNING else job

        stored = await self._jobs.change(stored, progressed)
        if not stored.job.state.is_final:
            await self._endings.progressed(stored)
        return stored

    async def _read(self, stored: Stored) -> Stored:
        found = await self._jobs.get(stored.job.owner.user_id, stored.job.job_id)
        if found is None:
            raise Moved(stored.job.job_id)
        return found


def _has_come_further(job: Job, task: Task) -> bool:
    if task.progress_percent is None:
        return False
    return task.progress_percent - (job.progress_percent or 0) >= LEAST_PROGRESS_PERCENT
