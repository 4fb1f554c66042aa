import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import structlog

from services.chassis.backoff import Backoff
from services.chassis.errors import QuartetError, ServiceUnavailable, SubmissionUnknown
from services.chassis.failpoints import Failpoints
from services.providers.vendors import Answering
from services.video.job import Job, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.metrics import VideoMetrics
from services.video.providers.base import InputPicture, Submitted, VideoProvider, VideoRequest
from services.video.vault import Vault
from services.video.vendors import VideoVendors
from services.video.worker.patience import not_before

log = structlog.get_logger()

# Clocks of two machines may differ by so much, and what is recorded takes its time.
SLACK_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How a vendor is asked: how long it may take, and how often an order is given after refusals."""

    submit_seconds: float
    max_attempts: int


class Submitting:
    """Gives an order to a vendor, at most once as far as anybody can know.

    SUBMITTING is stored before each vendor is asked, and the vendor's task before anything else is done with
    it. What is found SUBMITTING without a task, and with nobody left who asks, is never asked for again.
    """

    def __init__(
        self,
        jobs: Jobs,
        vault: Vault,
        vendors: VideoVendors,
        providers: Callable[[str], VideoProvider | None],
        metrics: VideoMetrics,
        failpoints: Failpoints,
        policy: Policy,
        *,
        submitter: str,
    ) -> None:
        self._jobs = jobs
        self._vault = vault
        self._vendors = vendors
        self._providers = providers
        self._metrics = metrics
        self._failpoints = failpoints
        self._policy = policy
        self._submitter = submitter

    async def submit(self, stored: Stored) -> Stored:
        """Take a job out of PENDING: to RUNNING, to its end, or back with a time to wait for.

        Whoever is cancelled meanwhile still finishes this: a task that is not recorded would be lost. Raises
        ServiceUnavailable where it is too soon, or the store is silent.
        """
        wait = _seconds_until(stored.job.not_before)
        if wait > 0:
            raise ServiceUnavailable("it is too soon to ask again", retry_after_seconds=wait)
        submission = asyncio.create_task(self._submit(stored))
        try:
            return await asyncio.shield(submission)
        except asyncio.CancelledError:
            await asyncio.wait({submission})
            raise

    async def resolve(self, stored: Stored) -> Stored:
        """Decide on a job that somebody else began to submit. Raises ServiceUnavailable while they may."""
        job = stored.job
        wait = _seconds_until(job.submit_until)
        if wait > 0:
            raise ServiceUnavailable("somebody else submits it", retry_after_seconds=wait)
        unknown = SubmissionUnknown(metadata={"provider": job.provider})
        log.error("video_submission_unknown", job_id=job.job_id, provider=job.provider)
        return await self._jobs.change(stored, lambda now: _unknown(now, job.submitter, unknown))

    async def _submit(self, stored: Stored) -> Stored:
        begun = stored
        submitted: Submitted | None = None
        try:
            request = await self._request(stored.job)
            async with aclosing(self._vendors.ask(request)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Answering):
                        begun = await self._begin(begun, piece)
                    else:
                        submitted = piece
        except Moved:
            # It was cancelled, or another worker has it: no vendor has been asked since.
            return await self._again(stored)
        except ServiceUnavailable:
            raise
        except QuartetError as error:
            return await self._refused(begun, error)
        if submitted is None:
            return await self._refused(begun, SubmissionUnknown(metadata={"provider": begun.job.provider}))
        await self._failpoints.hit("video.submitted_unrecorded")
        return await self._record(begun, submitted)

    async def _begin(self, stored: Stored, asked: Answering) -> Stored:
        until = datetime.now(UTC) + timedelta(seconds=self._policy.submit_seconds + SLACK_SECONDS)
        job = stored.job.submitting(
            asked.provider, asked.model, self._submitter, until, failed_over=asked.failed_over
        )
        begun = await self._jobs.move(stored, job)
        await self._failpoints.hit("video.submitting_stored")
        return begun

    async def _record(self, begun: Stored, submitted: Submitted) -> Stored:
        """Store the vendor's task, however long the store is away: nobody else knows of it."""
        backoff = Backoff(0.2, longest_seconds=5.0)
        while True:
            try:
                stored = await self._jobs.change(begun, lambda job: self._taken(job, submitted))
                break
            except Moved:
                # The job has been deleted: nobody wants the task.
                stored = begun
                break
            except ServiceUnavailable:
                log.warning("video_task_not_recorded", job_id=begun.job.job_id)
                await backoff.pause()
        job = stored.job
        if job.task_id != submitted.task_id:
            await self._abandon(begun.job, submitted)
        else:
            log.info("video_submitted", job_id=job.job_id, provider=job.provider, model=job.model)
            self._metrics.took("queue", (datetime.now(UTC) - job.created_at).total_seconds())
        await self._failpoints.hit("video.running_stored")
        return stored

    def _taken(self, job: Job, submitted: Submitted) -> Job:
        is_ours = job.state is State.SUBMITTING and job.submitter == self._submitter
        return job.running(submitted) if is_ours else job

    async def _abandon(self, job: Job, submitted: Submitted) -> None:
        """The job has ended while it was submitted: its task is not to be made."""
        log.warning("video_task_abandoned", job_id=job.job_id, provider=job.provider)
        provider = self._providers(job.provider)
        if provider is None:
            return
        try:
            await provider.cancel(submitted.task_id)
        except QuartetError as error:
            log.error("video_task_not_cancelled", job_id=job.job_id, reason=error.reason)

    async def _refused(self, begun: Stored, error: QuartetError) -> Stored:
        """No vendor has the order, or nobody knows."""
        log.warning("video_refused", job_id=begun.job.job_id, reason=error.reason, detail=error.message)

        def changed(job: Job) -> Job:
            if job.state.is_final or (job.state is State.SUBMITTING and job.submitter != self._submitter):
                return job
            if isinstance(error, SubmissionUnknown):
                return job.failed(error)
            if job.cancel_requested:
                return job.cancelled()
            if error.retryable and job.attempts < self._policy.max_attempts:
                return job.waiting(not_before(job.attempts, error))
            return job.failed(error)

        return await self._jobs.change(begun, changed)

    async def _again(self, stored: Stored) -> Stored:
        found = await self._jobs.get(stored.job.owner.user_id, stored.job.job_id)
        if found is None:
            raise Moved(stored.job.job_id)
        return found

    async def _request(self, job: Job) -> VideoRequest:
        wanted, picture = job.specification, None
        if wanted.first_frame is not None:
            content = await self._vault.read(wanted.first_frame)
            picture = InputPicture(wanted.first_frame.mime_type, content)
        return VideoRequest(
            model=wanted.model,
            prompt=wanted.prompt,
            duration_seconds=wanted.duration_seconds,
            aspect_ratio=wanted.aspect_ratio,
            caller_key=sha256(f"quartet:{job.owner.user_id}".encode()).hexdigest()[:32],
            first_frame=picture,
        )


def _unknown(job: Job, submitter: str, error: SubmissionUnknown) -> Job:
    is_the_same = job.state is State.SUBMITTING and job.submitter == submitter and not job.task_id
    return job.failed(error) if is_the_same else job


def _seconds_until(moment: datetime | None) -> float:
    return 0.0 if moment is None else (moment - datetime.now(UTC)).total_seconds()
