from datetime import UTC, datetime
from typing import Protocol

import structlog

from services.chassis.errors import (
    InvalidRequest,
    QuartetError,
    ResourceNotFound,
    ServiceUnavailable,
    Violation,
)
from services.chassis.failpoints import Failpoints
from services.video.allowance import Allowances
from services.video.job import File, Job, Specification, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.metrics import VideoMetrics
from services.video.order import Order, Terms
from services.video.queue import Queue, QueueFull
from services.video.vault import Vault

log = structlog.get_logger()


class Frames(Protocol):
    """Checks a picture that is to be set in motion."""

    async def develop(self, content: bytes) -> bytes:
        """Return it as a clean JPEG. Raises UnsupportedImage."""
        ...


class Intake:
    """Takes orders, step by step, each of which may be repeated.

    Whoever asks again after a death, or the sweeper, goes on where it stopped. Methods raise QuartetError.
    """

    def __init__(
        self,
        jobs: Jobs,
        queue: Queue,
        allowances: Allowances,
        vault: Vault,
        frames: Frames,
        terms: Terms,
        metrics: VideoMetrics,
        failpoints: Failpoints,
    ) -> None:
        self._jobs = jobs
        self._queue = queue
        self._allowances = allowances
        self._vault = vault
        self._frames = frames
        self._terms = terms
        self._metrics = metrics
        self._failpoints = failpoints

    async def take(self, order: Order) -> tuple[Stored, bool]:
        """Take an order and say that it is new. One that was taken before is returned as it stands."""
        order.require_identity()
        found = await self._jobs.get(order.owner.user_id, order.job_id)
        if found is not None:
            return await self._queue_or_withdraw(found), False
        try:
            stored = await self._take(order)
        except QuartetError as error:
            self._metrics.orders.labels(outcome=error.reason).inc()
            raise
        self._metrics.orders.labels(outcome="taken").inc()
        log.info("video_ordered", job_id=order.job_id, model=stored.job.specification.model)
        return stored, True

    async def queue_again(self, stored: Stored) -> Stored:
        """Put a job into the queue, whatever place it knows. Raises QueueFull, and Moved where it is gone."""
        sequence = await self._queue.put(stored.job)
        await self._failpoints.hit("video.queued")
        return await self._jobs.change(stored, lambda job: job.queued(sequence))

    async def _take(self, order: Order) -> Stored:
        model, seconds = self._terms.settled(order)
        user_id, job_id = order.owner.user_id, order.job_id
        await self._allowances.reserve(user_id, job_id, seconds)
        await self._failpoints.hit("video.reserved")
        try:
            frame = await self._first_frame(order)
        except ServiceUnavailable:
            # Whoever asks again finds it reserved; if nobody does, the sweeper gives it back.
            raise
        except QuartetError:
            await self._allowances.settle(user_id, job_id, is_kept=False)
            raise
        now = datetime.now(UTC)
        wanted = Specification(order.prompt, model, seconds, order.aspect_ratio, frame)
        stored, _ = await self._jobs.create(Job(job_id, order.owner, wanted, now, now))
        await self._failpoints.hit("video.created")
        return await self._queue_or_withdraw(stored)

    async def _queue_or_withdraw(self, stored: Stored) -> Stored:
        """Put a job that waits into the queue, unless it knows its place. Where there is none, forget it."""
        if stored.job.state is not State.PENDING or stored.job.work_sequence:
            return stored
        try:
            return await self.queue_again(stored)
        except Moved as error:
            raise ServiceUnavailable("the order was withdrawn, for there was no place") from error
        except QueueFull as error:
            return await self._withdraw(stored, error)

    async def _withdraw(self, stored: Stored, error: QueueFull) -> Stored:
        user_id, job_id = stored.job.owner.user_id, stored.job.job_id
        try:
            await self._jobs.withdraw(stored)
        except Moved:
            # Whoever took the same order at the same time has found a place.
            found = await self._jobs.get(user_id, job_id)
            if found is None:
                raise error from None
            return found
        await self._vault.delete(*stored.job.files)
        await self._allowances.settle(user_id, job_id, is_kept=False)
        raise error

    async def _first_frame(self, order: Order) -> File | None:
        if order.first_frame:
            content = await self._frames.develop(order.first_frame)
            return await self._vault.put(order.job_id, "frame", content, "image/jpeg")
        if not order.first_frame_of:
            return None
        found = await self._jobs.find(order.first_frame_of, order.owner)
        if found is None:
            raise ResourceNotFound("there is no such video", metadata={"resource": "video"})
        frame = found.job.specification.first_frame
        if frame is None:
            raise InvalidRequest(violations=[Violation("first_frame_of_job_id", "had no first frame")])
        # A copy of its own: the other job may be deleted.
        content = await self._vault.read(frame)
        return await self._vault.put(order.job_id, "frame", content, frame.mime_type)
