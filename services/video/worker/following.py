import asyncio
import random
import time
from collections.abc import Callable
from typing import Final

import structlog

from services.chassis.errors import (
    ProviderInterrupted,
    ProviderMisconfigured,
    QuartetError,
    ResourceNotFound,
    ServiceUnavailable,
)
from services.video.endings import Endings
from services.video.job import Job, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.providers.base import Task, TaskState, VideoProvider
from services.video.worker.keeping import Keeping
from services.video.worker.nudges import Nudges, pause

log = structlog.get_logger()

JITTER: Final = (0.8, 1.2)
LONGEST_PAUSE_SECONDS: Final = 60.0
LEAST_PROGRESS_PERCENT: Final = 4
PROGRESS_SECONDS: Final = 2.0


class Following:
    """Looks after a vendor's task until it has ended. Any number of workers may do so for one task."""

    def __init__(
        self,
        jobs: Jobs,
        endings: Endings,
        keeping: Keeping,
        nudges: Nudges,
        providers: Callable[[str], VideoProvider | None],
        *,
        poll_seconds: float,
    ) -> None:
        self._jobs = jobs
        self._endings = endings
        self._keeping = keeping
        self._nudges = nudges
        self._providers = providers
        self._poll_seconds = poll_seconds

    async def follow(self, stored: Stored) -> Stored:
        """Take a job from RUNNING to its end. Raises ServiceUnavailable where the store stays silent."""
        provider = self._providers(stored.job.provider)
        if provider is None:
            gone = ProviderMisconfigured("its vendor is not configured any more")
            return await self._end(stored, lambda job: job.failed(gone))
        await self._endings.progressed(stored)
        with self._nudges.heard(stored.job.job_id) as nudge:
            try:
                stored, task = await self._until_ended(stored, provider, nudge)
            except ResourceNotFound:
                lost = ProviderInterrupted("the vendor does not know its task any more")
                return await self._end(stored, lambda job: job.failed(lost))
        if stored.job.state.is_final:
            return stored
        return await self._conclude(stored, provider, task)

    async def _until_ended(
        self, stored: Stored, provider: VideoProvider, nudge: asyncio.Event
    ) -> tuple[Stored, Task]:
        """Look again and again. Raises ResourceNotFound where there is nothing to look at any more."""
        failures, told_at = 0, time.monotonic()
        while True:
            stored = await self._read(stored)
            job = stored.job
            try:
                if job.cancel_requested or job.state.is_final:
                    # Also what has ended here without the vendor knowing: it was given up, or deleted.
                    await provider.cancel(job.task_id)
                if job.state.is_final:
                    return stored, Task(TaskState.CANCELLED)
                task = await provider.look(job.task_id)
                failures = 0
            except ResourceNotFound:
                raise
            except QuartetError as error:
                failures += 1
                log.warning("video_look_failed", job_id=job.job_id, reason=error.reason, failures=failures)
                await pause(nudge, self._pause_seconds(failures, error.retry_after_seconds))
                continue
            if task.state.is_final:
                return stored, task
            if _has_come_further(job, task) and time.monotonic() - told_at > PROGRESS_SECONDS:
                told_at = time.monotonic()
                stored = await self._tell(stored, task)
            await pause(nudge, self._pause_seconds(0, None))

    async def _conclude(self, stored: Stored, provider: VideoProvider, task: Task) -> Stored:
        if task.state is TaskState.CANCELLED:
            # Who ended it there, if nobody here wanted it?
            gone = ProviderInterrupted("the vendor has cancelled its task")
            return await self._end(
                stored, lambda job: job.cancelled() if job.cancel_requested else job.failed(gone)
            )
        if task.state is TaskState.FAILED:
            failure = task.failure or ProviderInterrupted("the vendor's task has failed")
            return await self._end(
                stored, lambda job: job.cancelled() if job.cancel_requested else job.failed(failure)
            )
        try:
            return await self._keeping.keep(stored, provider, task)
        except ServiceUnavailable:
            raise
        except QuartetError as error:
            if error.retryable:
                raise
            failure = error
            return await self._end(stored, lambda job: job.failed(failure))

    async def _end(self, stored: Stored, ended: Callable[[Job], Job]) -> Stored:
        return await self._jobs.change(stored, lambda job: job if job.state.is_final else ended(job))

    async def _tell(self, stored: Stored, task: Task) -> Stored:
        stored = await self._jobs.change(
            stored,
            lambda job: job.progressed(task.progress_percent) if job.state is State.RUNNING else job,
        )
        if not stored.job.state.is_final:
            await self._endings.progressed(stored)
        return stored

    async def _read(self, stored: Stored) -> Stored:
        found = await self._jobs.get(stored.job.owner.user_id, stored.job.job_id)
        if found is None:
            raise Moved(stored.job.job_id)
        return found

    def _pause_seconds(self, failures: int, wished_seconds: float | None) -> float:
        seconds = min(self._poll_seconds * 2.0 ** min(failures, 8), LONGEST_PAUSE_SECONDS)
        jittered = seconds * random.uniform(*JITTER)  # noqa: S311 - spreads load
        return max(jittered, min(wished_seconds or 0.0, LONGEST_PAUSE_SECONDS))


def _has_come_further(job: Job, task: Task) -> bool:
    if task.progress_percent is None:
        return False
    return task.progress_percent - (job.progress_percent or 0) >= LEAST_PROGRESS_PERCENT
