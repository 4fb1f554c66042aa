from collections.abc import Callable
from typing import Final

import structlog

from services.chassis.backoff import Backoff
from services.chassis.errors import QuartetError, ServiceUnavailable, SubmissionUnknown
from services.video.job import Job, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.providers.base import Submitted, VideoProvider
from services.video.worker.patience import not_before

log = structlog.get_logger()

MAX_CANCELLATIONS: Final = 5


class Recording:
    """Writes down what came of asking vendors, however long the store is away: nobody else knows of it."""

    def __init__(
        self,
        jobs: Jobs,
        providers: Callable[[str], VideoProvider | None],
        *,
        submitter: str,
        max_attempts: int,
    ) -> None:
        self._jobs = jobs
        self._providers = providers
        self._submitter = submitter
        self._max_attempts = max_attempts

    async def taken(self, begun: Stored, submitted: Submitted) -> Stored:
        """A vendor has taken the order.

        Where the job has ended meanwhile, it stays so, and the vendor's task is cancelled. Raises Moved where
        the job is gone.
        """

        def running(job: Job) -> Job:
            return job.running(submitted) if self._is_ours(job) else job

        try:
            stored = await self._insist(begun, running)
        except Moved:
            await self._abandon(begun.job, submitted)
            raise
        if stored.job.task_id != submitted.task_id:
            await self._abandon(begun.job, submitted)
        return stored

    async def refused(self, begun: Stored, error: QuartetError) -> Stored:
        """No vendor has the order, or nobody knows: it waits for another time, or has failed.

        Raises Moved where the job is gone.
        """
        log.warning("video_refused", job_id=begun.job.job_id, reason=error.reason, detail=error.message)

        def refused(job: Job) -> Job:
            if job.state is not State.PENDING and not self._is_ours(job):
                return job
            if isinstance(error, SubmissionUnknown):
                return job.failed(error)
            if job.cancel_requested:
                return job.cancelled()
            attempts = job.attempts + (job.state is State.PENDING)
            if error.retryable and attempts < self._max_attempts:
                return job.waiting(not_before(attempts, error))
            return job.failed(error)

        return await self._insist(begun, refused)

    def _is_ours(self, job: Job) -> bool:
        return job.state is State.SUBMITTING and job.submitter == self._submitter

    async def _insist(self, stored: Stored, changed: Callable[[Job], Job]) -> Stored:
        backoff = Backoff(0.2, longest_seconds=1.0)
        while True:
            try:
                return await self._jobs.change(stored, changed)
            except ServiceUnavailable:
                log.warning("video_record_waits", job_id=stored.job.job_id)
            await backoff.pause()

    async def _abandon(self, job: Job, submitted: Submitted) -> None:
        """The job has ended while it was submitted: its task is not to be made."""
        log.warning("video_task_abandoned", job_id=job.job_id, provider=job.provider)
        provider = self._providers(job.provider)
        if provider is None:
            return
        backoff = Backoff(0.5, longest_seconds=8.0)
        for _ in range(MAX_CANCELLATIONS):
            try:
                await provider.cancel(submitted.task_id)
                return
            except QuartetError as error:
                log.warning("video_task_not_cancelled", job_id=job.job_id, reason=error.reason)
            await backoff.pause()
