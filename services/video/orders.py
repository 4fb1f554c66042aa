from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import nats.errors
import structlog
from nats.aio.client import Client

from services.chassis.errors import (
    InvalidRequest,
    QuartetError,
    ResourceNotFound,
    ServiceUnavailable,
    Violation,
)
from services.chassis.failpoints import Failpoints
from services.video.allowance import Allowances
from services.video.endings import Endings
from services.video.job import File, Job, Owner, Specification, State
from services.video.jobs import Jobs, Stored
from services.video.metrics import VideoMetrics
from services.video.order import Order, Terms
from services.video.pace import Pace
from services.video.queue import Queue, QueueFull
from services.video.vault import Vault

log = structlog.get_logger()

NUDGES: Final = "quartet.video.cancel"


class Frames(Protocol):
    """Checks a picture that is to be set in motion."""

    async def develop(self, content: bytes) -> bytes:
        """Return it as a clean JPEG. Raises UnsupportedImage."""
        ...


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of a job, and when it may be there."""

    stored: Stored
    jobs_ahead: int = 0
    expected_at: datetime | None = None
    is_replayed: bool = False


class Orders:
    """Takes orders in and answers for them.

    An order is taken step by step, each of which may be repeated: whoever asked again after a death, or the
    sweeper, goes on where it stopped. Methods raise QuartetError.
    """

    def __init__(
        self,
        jobs: Jobs,
        queue: Queue,
        allowances: Allowances,
        vault: Vault,
        frames: Frames,
        endings: Endings,
        pace: Pace,
        terms: Terms,
        metrics: VideoMetrics,
        failpoints: Failpoints,
        nudges: Client,
    ) -> None:
        self._jobs = jobs
        self._queue = queue
        self._allowances = allowances
        self._vault = vault
        self._frames = frames
        self._endings = endings
        self._pace = pace
        self._terms = terms
        self._metrics = metrics
        self._failpoints = failpoints
        self._nudges = nudges

    async def place(self, order: Order) -> Outlook:
        """Take an order. One that was taken before is described as it stands."""
        found = await self._jobs.get(order.owner.user_id, order.job_id)
        if found is not None:
            stored = await self.queue(found)
            return replace(await self._outlook(stored), is_replayed=True)
        try:
            stored = await self._place(order)
        except QuartetError as error:
            self._metrics.orders.labels(outcome=error.reason).inc()
            raise
        self._metrics.orders.labels(outcome="taken").inc()
        log.info("video_ordered", job_id=order.job_id, model=stored.job.specification.model)
        return await self._outlook(stored)

    async def queue(self, stored: Stored) -> Stored:
        """Put a job that waits into the queue, unless it knows its place there."""
        if stored.job.state is not State.PENDING or stored.job.work_sequence:
            return stored
        return await self.queue_again(stored)

    async def queue_again(self, stored: Stored) -> Stored:
        """Put a job into the queue, whatever place it knows."""
        sequence = await self._queue.put(stored.job)
        return await self._jobs.change(stored, lambda job: job.queued(sequence))

    async def get(self, job_id: str, caller: Owner) -> Outlook:
        return await self._outlook(await self._find(job_id, caller))

    async def of_user(self, user_id: int) -> list[Stored]:
        """All jobs of a user, the newest first."""
        return await self._jobs.of_user(user_id)

    async def cancel(self, job_id: str, caller: Owner) -> Outlook:
        """End a job that waits, and ask whoever works on it to end it."""
        stored = await self._find(job_id, caller)
        if stored.job.state.is_final:
            return Outlook(stored)
        stored = await self._jobs.change(stored, _cancelled)
        log.info("video_cancelled", job_id=job_id, state=str(stored.job.state))
        if stored.job.state is State.CANCELLED:
            await self._endings.announce(stored)
            if stored.job.work_sequence:
                await self._queue.remove(stored.job.work_sequence)
        elif not stored.job.state.is_final:
            await self._nudge(job_id)
        return await self._outlook(stored)

    async def delete(self, job_id: str, caller: Owner) -> None:
        """Forget a job that has ended, and its files."""
        job = (await self._find(job_id, caller)).job
        if not job.state.is_final:
            raise InvalidRequest(violations=[Violation("job_id", "is of a job that has not ended")])
        await self._jobs.delete(job)
        await self._vault.delete(*job.files)

    async def _place(self, order: Order) -> Stored:
        model, offer = self._terms.offer_for(order)
        seconds = order.duration_seconds or offer.default_duration_seconds
        user_id, job_id = order.owner.user_id, order.job_id
        await self._allowances.reserve(user_id, job_id, seconds)
        try:
            frame = await self._first_frame(order)
            now = datetime.now(UTC)
            wanted = Specification(order.prompt, model, seconds, order.aspect_ratio, frame)
            await self._failpoints.hit("video.reserved")
            stored, _ = await self._jobs.create(Job(job_id, order.owner, wanted, now, now))
        except QuartetError as error:
            # What is not certain is left to whoever asks again, and to the sweeper.
            if not isinstance(error, ServiceUnavailable):
                await self._allowances.settle(user_id, job_id, is_kept=False)
            raise
        await self._failpoints.hit("video.created")
        try:
            return await self.queue(stored)
        except QueueFull:
            await self._jobs.delete(stored.job)
            await self._allowances.settle(user_id, job_id, is_kept=False)
            raise

    async def _first_frame(self, order: Order) -> File | None:
        if order.first_frame:
            content = await self._frames.develop(order.first_frame)
            return await self._vault.put(order.job_id, "frame", content, "image/jpeg")
        if order.first_frame_of:
            former = (await self._find(order.first_frame_of, order.owner)).job.specification.first_frame
            if former is None:
                raise InvalidRequest(violations=[Violation("first_frame_of_job_id", "had no first frame")])
            # A copy of its own: the other job may be deleted.
            content = await self._vault.read(former)
            return await self._vault.put(order.job_id, "frame", content, former.mime_type)
        return None

    async def _find(self, job_id: str, caller: Owner) -> Stored:
        found = await self._jobs.find(job_id, caller)
        if found is None:
            raise ResourceNotFound("there is no such video", metadata={"resource": "video"})
        return found

    async def _outlook(self, stored: Stored) -> Outlook:
        job = stored.job
        if job.state.is_final:
            return Outlook(stored)
        ahead = 0
        if job.state is State.PENDING and job.work_sequence:
            ahead = await self._queue.jobs_ahead(job.work_sequence)
        begins_at = job.started_at or datetime.now(UTC)
        expected_at = begins_at + timedelta(seconds=await self._pace.expected_seconds(ahead))
        return Outlook(stored, ahead, max(expected_at, datetime.now(UTC)))

    async def _nudge(self, job_id: str) -> None:
        """Tell the worker at once. Lost, it finds out when it next reads the job."""
        try:
            await self._nudges.publish(f"{NUDGES}.{job_id}", b"")
        except (TimeoutError, nats.errors.Error) as error:
            log.warning("video_nudge_lost", job_id=job_id, error=type(error).__name__)


def _cancelled(job: Job) -> Job:
    if job.state.is_final or job.cancel_requested:
        return job
    return job.cancelled() if job.state is State.PENDING else job.wanting_cancellation()
