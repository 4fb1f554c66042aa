from collections.abc import Callable
from itertools import count
from typing import Final

import structlog

from services.chassis.errors import (
    InternalError,
    JobExpired,
    ProviderInterrupted,
    ProviderMisconfigured,
    ProviderRateLimited,
    ProviderUnavailable,
    QuartetError,
    ResourceNotFound,
)
from services.video.endings import Endings
from services.video.job import Job
from services.video.jobs import Jobs, Stored
from services.video.providers.base import Task, TaskState, VideoProvider
from services.video.worker.keeping import Keeping
from services.video.worker.looking import Looking
from services.video.worker.nudges import Nudges, pause
from services.video.worker.patience import look_pause_seconds

log = structlog.get_logger()

# So often an address is asked for anew that leads nowhere. A vendor that is down is waited for instead.
MAX_FILES_GONE: Final = 6
FILE_PAUSE_SECONDS: Final = 0.5
VENDOR_IS_DOWN: Final = (ProviderUnavailable, ProviderRateLimited)

# Ends that the vendor does not know of: it may still be at work.
GIVEN_UP: Final = frozenset({JobExpired.reason, InternalError.reason})


class Following:
    """Looks after a vendor's task until its video is kept. Any number of workers may do so for one task."""

    def __init__(
        self,
        jobs: Jobs,
        endings: Endings,
        looking: Looking,
        keeping: Keeping,
        nudges: Nudges,
        providers: Callable[[str], VideoProvider | None],
    ) -> None:
        self._jobs = jobs
        self._endings = endings
        self._looking = looking
        self._keeping = keeping
        self._nudges = nudges
        self._providers = providers

    async def follow(self, stored: Stored) -> Stored:
        """Take a job from RUNNING to its end, however long the vendor is away.

        Raises ServiceUnavailable where the store stays silent, Moved where the job is gone.
        """
        provider = self._providers(stored.job.provider)
        if provider is None:
            return await self._fail(stored, ProviderMisconfigured("its vendor is not configured any more"))
        await self._endings.began(stored)
        gone = 0
        with self._nudges.heard(stored.job.job_id) as nudge:
            for attempt in count(1):
                stored, task = await self._looking.until_ended(stored, provider, nudge)
                if task is None:
                    return stored
                try:
                    return await self._conclude(stored, provider, task)
                except (*VENDOR_IS_DOWN, ResourceNotFound) as error:
                    gone += isinstance(error, ResourceNotFound)
                    log.warning("video_not_fetched", job_id=stored.job.job_id, reason=error.reason)
                    if stored.job.cancel_requested or gone >= MAX_FILES_GONE:
                        return await self._fail(stored, _interrupted(provider, "its file cannot be fetched"))
                    await pause(nudge, look_pause_seconds(FILE_PAUSE_SECONDS, attempt, error))
        raise AssertionError  # `count` never ends

    async def let_go(self, job: Job) -> None:
        """Have the task of a job that was given up here ended at the vendor, as far as that goes."""
        provider = self._providers(job.provider)
        if job.failure is None or job.failure.reason not in GIVEN_UP or not job.task_id or provider is None:
            return
        try:
            await provider.cancel(job.task_id)
        except QuartetError as error:
            log.warning("video_task_not_cancelled", job_id=job.job_id, reason=error.reason)

    async def _conclude(self, stored: Stored, provider: VideoProvider, task: Task) -> Stored:
        if task.state is TaskState.SUCCEEDED:
            return await self._keeping.keep(stored, provider, task)
        # Who cancelled it there, if nobody here wanted it?
        return await self._fail(stored, task.failure or _interrupted(provider, f"its task is {task.state}"))

    async def _fail(self, stored: Stored, error: QuartetError) -> Stored:
        """End a job without a video: as cancelled, where that is wanted anyway."""

        def ended(job: Job) -> Job:
            if job.state.is_final:
                return job
            return job.cancelled() if job.cancel_requested else job.failed(error)

        return await self._jobs.change(stored, ended)


def _interrupted(provider: VideoProvider, what: str) -> ProviderInterrupted:
    return ProviderInterrupted(f"{provider.name}: {what}", metadata={"provider": provider.name})
