from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import nats.errors
import structlog
from nats.aio.client import Client

from services.chassis.errors import InvalidRequest, ResourceNotFound, Violation
from services.video.endings import Endings
from services.video.intake import Intake
from services.video.job import Job, Owner, State
from services.video.jobs import Jobs, Moved, Stored
from services.video.metrics import VideoMetrics
from services.video.order import Order
from services.video.pace import Pace
from services.video.queue import Queue
from services.video.usage import Chronicle
from services.video.vault import Vault

log = structlog.get_logger()

NUDGES: Final = "quartet.video.cancel"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of a job, and when it may be there."""

    stored: Stored
    jobs_ahead: int = 0
    expected_at: datetime | None = None
    is_replayed: bool = False


class Orders:
    """Answers for orders, from the moment they are placed until they are forgotten.

    Methods raise QuartetError.
    """

    def __init__(
        self,
        intake: Intake,
        jobs: Jobs,
        queue: Queue,
        vault: Vault,
        endings: Endings,
        pace: Pace,
        chronicle: Chronicle,
        metrics: VideoMetrics,
        nudges: Client,
    ) -> None:
        self._intake = intake
        self._jobs = jobs
        self._queue = queue
        self._vault = vault
        self._endings = endings
        self._pace = pace
        self._chronicle = chronicle
        self._metrics = metrics
        self._nudges = nudges

    async def place(self, order: Order) -> Outlook:
        """Take an order. One that was taken before is described as it stands."""
        stored, is_new = await self._intake.take(order)
        outlook = await self.outlook(stored)
        self._chronicle.ordered(stored.job, outlook.jobs_ahead)
        return replace(outlook, is_replayed=not is_new)

    async def get(self, job_id: str, caller: Owner) -> Outlook:
        return await self.outlook(await self._find(job_id, caller))

    async def of_user(self, user_id: int) -> list[Stored]:
        """All jobs of a user, the newest first."""
        return await self._jobs.of_user(user_id)

    async def cancel(self, job_id: str, caller: Owner) -> Outlook:
        """End a job that waits, and ask whoever works on it to end it."""
        found = await self._find(job_id, caller)
        if found.job.state.is_final:
            return Outlook(found)
        stored = await self._change(found, _cancelled)
        log.info("video_cancelled", job_id=job_id, state=str(stored.job.state))
        if stored.job.state is State.CANCELLED:
            self._metrics.ended(str(stored.job.state), "")
            await self._endings.announce(stored)
            if stored.job.work_sequence:
                await self._queue.remove(stored.job.work_sequence)
        elif not stored.job.state.is_final:
            await self._nudge(job_id)
        return await self.outlook(stored)

    async def delete(self, job_id: str, caller: Owner) -> None:
        """Forget a job that has ended, and its files."""
        stored = await self._find(job_id, caller)
        if not stored.job.state.is_final:
            raise InvalidRequest(violations=[Violation("job_id", "is of a job that has not ended")])
        # Whoever ended it may have died before it did this; nobody could do it later.
        await self._endings.announce(stored)
        await self._jobs.delete(stored.job)
        await self._vault.delete(*stored.job.files)

    async def outlook(self, stored: Stored) -> Outlook:
        """Say what is to be expected of a job as it stands."""
        job = stored.job
        if job.state.is_final:
            return Outlook(stored)
        ahead = 0
        if job.state is State.PENDING and job.work_sequence:
            ahead = await self._queue.jobs_ahead(job.work_sequence)
        now = datetime.now(UTC)
        begins_at = job.started_at or max(now, job.not_before or now)
        expected_at = begins_at + timedelta(seconds=await self._pace.expected_seconds(ahead))
        return Outlook(stored, ahead, max(expected_at, now))

    async def _change(self, stored: Stored, changed: Callable[[Job], Job]) -> Stored:
        try:
            return await self._jobs.change(stored, changed)
        except Moved as error:
            raise _not_found() from error

    async def _find(self, job_id: str, caller: Owner) -> Stored:
        found = await self._jobs.find(job_id, caller)
        if found is None:
            raise _not_found()
        return found

    async def _nudge(self, job_id: str) -> None:
        """Tell the worker at once. Lost, it finds out when it next reads the job."""
        try:
            await self._nudges.publish(f"{NUDGES}.{job_id}", b"")
        except (TimeoutError, nats.errors.Error) as error:
            log.warning("video_nudge_lost", job_id=job_id, error=type(error).__name__)


def _not_found() -> ResourceNotFound:
    return ResourceNotFound("there is no such video", metadata={"resource": "video"})


def _cancelled(job: Job) -> Job:
    if job.state.is_final or job.cancel_requested:
        return job
    return job.cancelled() if job.state is State.PENDING else job.wanting_cancellation()
