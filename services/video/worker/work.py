import asyncio
from weakref import WeakValueDictionary

import structlog
from quartet.video.v1.video_work_pb2 import VideoWork

from services.chassis.errors import InternalError, QuartetError, SubmissionUnknown
from services.chassis.events import Event
from services.chassis.failpoints import Failpoints
from services.video.endings import Endings
from services.video.job import Job, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.metrics import VideoMetrics
from services.video.usage import Chronicle
from services.video.worker.following import Following
from services.video.worker.submitting import Submitting

log = structlog.get_logger()


class Work:
    """Takes a job from the queue, in whatever state it is, to its end."""

    def __init__(
        self,
        jobs: Jobs,
        endings: Endings,
        submitting: Submitting,
        following: Following,
        chronicle: Chronicle,
        metrics: VideoMetrics,
        failpoints: Failpoints,
        *,
        max_deliveries: int,
    ) -> None:
        self._jobs = jobs
        self._endings = endings
        self._submitting = submitting
        self._following = following
        self._chronicle = chronicle
        self._metrics = metrics
        self._failpoints = failpoints
        self._max_deliveries = max_deliveries
        self._locks = WeakValueDictionary[str, asyncio.Lock]()

    async def handle(self, event: Event[VideoWork]) -> None:
        """Do the work of a message; what this raises is retryable, and the message comes again."""
        job_id = event.message.job_id
        # One that comes again while its job is in these hands waits for that, and finds how it has ended.
        lock = self._locks.setdefault(job_id, asyncio.Lock())
        async with lock:
            with self._metrics.in_flight.track_inprogress():
                await self._handle(event)

    async def _handle(self, event: Event[VideoWork]) -> None:
        work = event.message
        stored = await self._jobs.get(work.user_id, work.job_id)
        if stored is None:
            log.info("video_work_without_job", job_id=work.job_id)
            return
        if not stored.job.state.is_final:
            try:
                stored = await self._to_its_end(stored, event.deliveries)
            except Moved:
                log.info("video_job_deleted", job_id=work.job_id)
                return
            self._note(stored.job)
            await self._failpoints.hit("video.ended_unannounced")
        else:
            # It has ended without a worker: the sweeper has given it up, for one.
            await self._following.let_go(stored.job)
        await self._endings.announce(stored)
        await self._failpoints.hit("video.announced_unacked")

    async def _to_its_end(self, stored: Stored, deliveries: int) -> Stored:
        while not stored.job.state.is_final:
            if stored.job.state is State.PENDING and stored.job.attempts:
                await self._chronicle.retrying(stored.job)
            if deliveries > self._max_deliveries + stored.job.attempts:
                log.error("video_job_dead", job_id=stored.job.job_id, deliveries=deliveries)
                return await self._jobs.change(stored, _dead)
            stored = await self._step(stored)
        return stored

    async def _step(self, stored: Stored) -> Stored:
        try:
            match stored.job.state:
                case State.PENDING:
                    return await self._submitting.submit(stored)
                case State.SUBMITTING:
                    return await self._submitting.resolve(stored)
                case _:
                    return await self._following.follow(stored)
        except QuartetError as error:
            if error.retryable:
                raise
            # What nobody foresaw, and what coming again would not heal.
            failure = error
            log.error("video_job_failed", job_id=stored.job.job_id, reason=error.reason, detail=error.message)
            return await self._jobs.change(
                stored, lambda job: job if job.state.is_final else job.failed(failure)
            )

    def _note(self, job: Job) -> None:
        reason = job.failure.reason if job.failure else ""
        self._metrics.ended(str(job.state), reason)
        log.info(
            "video_ended",
            job_id=job.job_id,
            user_key=f"{job.owner.user_key:016x}" if job.owner.user_key else None,
            state=str(job.state),
            reason=reason or None,
            provider=job.provider or None,
            duration_ms=round((job.updated_at - job.created_at).total_seconds() * 1000),
        )


def _dead(job: Job) -> Job:
    if job.state.is_final:
        return job
    if job.state is State.SUBMITTING:
        return job.failed(SubmissionUnknown(metadata={"provider": job.provider}))
    return job.failed(InternalError("whoever worked on it died each time"))
