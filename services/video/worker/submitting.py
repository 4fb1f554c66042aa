import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import structlog

from services.chassis.errors import QuartetError, ServiceUnavailable, SubmissionUnknown
from services.chassis.failpoints import Failpoints
from services.providers.vendors import Answering
from services.video.job import Job, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.metrics import VideoMetrics
from services.video.providers.base import InputPicture, Submitted, VideoRequest
from services.video.usage import Chronicle
from services.video.vault import Vault
from services.video.vendors import VideoVendors
from services.video.worker.recording import Recording

log = structlog.get_logger()

LONGEST_SLACK_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who asks, and how long a vendor may take to answer."""

    name: str
    seconds: float

    @property
    def slack_seconds(self) -> float:
        """Clocks of two machines may differ by so much, and what is recorded takes its time."""
        return min(self.seconds / 4, LONGEST_SLACK_SECONDS)


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
        recording: Recording,
        chronicle: Chronicle,
        metrics: VideoMetrics,
        failpoints: Failpoints,
        submitter: Submitter,
    ) -> None:
        self._jobs = jobs
        self._vault = vault
        self._vendors = vendors
        self._recording = recording
        self._chronicle = chronicle
        self._metrics = metrics
        self._failpoints = failpoints
        self._submitter = submitter

    async def submit(self, stored: Stored) -> Stored:
        """Take a job out of PENDING: to RUNNING, to its end, or back with a time to wait for.

        Whoever is cancelled meanwhile still finishes this: a task that is not recorded would be lost. Raises
        ServiceUnavailable where it is too soon, or the store is silent; Moved where the job is gone.
        """
        wait_seconds = _seconds_until(stored.job.not_before)
        if wait_seconds > 0:
            raise ServiceUnavailable("it is too soon to ask again", retry_after_seconds=wait_seconds)
        submission = asyncio.create_task(self._submit(stored))
        try:
            return await asyncio.shield(submission)
        except asyncio.CancelledError:
            await asyncio.wait({submission})
            if submission.done() and not submission.cancelled():
                submission.exception()  # taken note of: whoever gets the job next goes on from the store
            raise

    async def resolve(self, stored: Stored) -> Stored:
        """Decide on a job that somebody began to submit. Raises ServiceUnavailable while they still may."""
        seen = stored.job
        wait_seconds = _seconds_until(seen.submit_until)
        if wait_seconds > 0:
            raise ServiceUnavailable("somebody submits it", retry_after_seconds=wait_seconds)
        # After an outage of the store, whoever asked may just be writing down what came of it.
        await asyncio.sleep(self._submitter.slack_seconds)

        def resolved(job: Job) -> Job:
            if (job.state, job.submitter, job.submit_until) != (
                seen.state,
                seen.submitter,
                seen.submit_until,
            ):
                return job
            log.error("video_submission_unknown", job_id=job.job_id, provider=job.provider)
            return job.failed(SubmissionUnknown(metadata={"provider": job.provider}))

        return await self._jobs.change(stored, resolved)

    async def _submit(self, stored: Stored) -> Stored:
        begun = stored
        submitted: Submitted | None = None
        try:
            request = await self._request(stored.job)
            async with asyncio.timeout(None) as limit, aclosing(self._vendors.ask(request)) as pieces:
                async for piece in pieces:
                    limit.reschedule(None)
                    if not isinstance(piece, Answering):
                        submitted = piece
                        break
                    self._note(begun.job, piece.failure)
                    begun = await self._begin(begun, piece)
                    limit.reschedule(asyncio.get_running_loop().time() + self._submitter.seconds)
        except Moved:
            # It has ended, is to end, or somebody else asks. Where only we know that nobody does, this tells.
            return await self._recording.refused(begun, ServiceUnavailable("the job has changed"))
        except TimeoutError:
            pass
        except QuartetError as error:
            self._note(begun.job, error)
            return await self._recording.refused(begun, error)
        if submitted is None:
            unknown = SubmissionUnknown(metadata={"provider": begun.job.provider})
            self._note(begun.job, unknown)
            return await self._recording.refused(begun, unknown)
        await self._failpoints.hit("video.submitted_unrecorded")
        return await self._record(begun, submitted)

    def _note(self, asked: Job, error: QuartetError | None) -> None:
        if error is not None and asked.state is State.SUBMITTING:
            self._chronicle.refused(asked, error, datetime.now(UTC))

    async def _begin(self, begun: Stored, asked: Answering) -> Stored:
        """Announce in the store that a vendor is asked now. Raises Moved where it must not be."""
        before = begun.job

        def submitting(job: Job) -> Job:
            is_the_same = (job.state, job.submitter, job.not_before) == (
                before.state,
                before.submitter,
                before.not_before,
            )
            if not is_the_same or job.cancel_requested:
                raise Moved(job.job_id)
            until = datetime.now(UTC) + timedelta(
                seconds=self._submitter.seconds + self._submitter.slack_seconds
            )
            return job.submitting(
                asked.provider, asked.model, self._submitter.name, until, failed_over=asked.failed_over
            )

        stored = await self._jobs.change(begun, submitting)
        await self._failpoints.hit("video.submitting_stored")
        if _seconds_until(stored.job.submit_until) < self._submitter.seconds:
            # This process stood still: others may believe by now that nobody asks any more.
            return await self._begin(stored, asked)
        return stored

    async def _record(self, begun: Stored, submitted: Submitted) -> Stored:
        stored = await self._recording.taken(begun, submitted)
        job = stored.job
        if job.state is State.RUNNING:
            log.info("video_submitted", job_id=job.job_id, provider=job.provider, model=job.model)
            self._metrics.took("queue", (datetime.now(UTC) - job.created_at).total_seconds())
        await self._failpoints.hit("video.running_stored")
        return stored

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


def _seconds_until(moment: datetime | None) -> float:
    return 0.0 if moment is None else (moment - datetime.now(UTC)).total_seconds()
