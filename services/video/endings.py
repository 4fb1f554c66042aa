from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from google.protobuf.message import Message
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.video.v1 import video_events_pb2 as pb
from quartet.video.v1.video_job_pb2 import VideoJob

from services.chassis.events import Publisher
from services.video import wire
from services.video.allowance import Allowances
from services.video.job import Job, State
from services.video.jobs import Stored
from services.video.usage import Chronicle

log = structlog.get_logger()

SUBJECTS: Final = "quartet.video.events"
NAMES: Final = {
    State.SUCCEEDED: ("video_job_succeeded", pb.VideoJobSucceeded),
    State.FAILED: ("video_job_failed", pb.VideoJobFailed),
    State.CANCELLED: ("video_job_cancelled", pb.VideoJobCancelled),
}
# What people who run this must hear of, once per job.
TROUBLES: Final = {"ERROR_REASON_SUBMISSION_UNKNOWN", "ERROR_REASON_INTERNAL", "ERROR_REASON_JOB_EXPIRED"}


class Endings:
    """What follows a job's end, and its progress: the allowance settled, and the world told.

    All of it may be repeated: whoever finds a job that has ended does it again, because whoever ended it may
    have died right after. Methods raise ServiceUnavailable.
    """

    def __init__(
        self, publisher: Publisher, allowances: Allowances, chronicle: Chronicle, *, kept_days: float
    ) -> None:
        self._publisher = publisher
        self._allowances = allowances
        self._chronicle = chronicle
        self._kept_days = kept_days

    async def announce(self, stored: Stored) -> None:
        """Do what follows the end of a job."""
        job = stored.job
        is_kept = job.state is State.SUCCEEDED
        await self._allowances.settle(job.owner.user_id, job.job_id, is_kept=is_kept)
        name, kind = NAMES[job.state]
        await self._publish(name, kind(job=self.describe(stored)), job, f"{job.job_id}.ended")
        if job.failure is not None and job.failure.reason in TROUBLES:
            await self._publish("video_job_troubled", _troubled(job), job, f"{job.job_id}.troubled")
        # The user first.
        await self._chronicle.ended(job)

    async def began(self, stored: Stored) -> None:
        """Tell that a vendor makes a job's video."""
        self._chronicle.started(stored.job)
        await self.progressed(stored)

    async def progressed(self, stored: Stored) -> None:
        """Tell that a job has come further."""
        event = pb.VideoJobProgressed(job=self.describe(stored))
        await self._publish(
            "video_job_progressed", event, stored.job, f"{stored.job.job_id}.{stored.revision}"
        )

    def describe(self, stored: Stored) -> VideoJob:
        """Write what is known of a job without asking anybody."""
        return wire.job(stored.job, stored.revision, expires_at=self.expires_at(stored.job))

    def expires_at(self, job: Job) -> datetime:
        """Until then the files of a job are kept."""
        return job.updated_at + timedelta(days=self._kept_days)

    async def _publish(self, name: str, event: Message, job: Job, event_id: str) -> None:
        subject = f"{SUBJECTS}.{name}"
        await self._publisher.publish(subject, event, event_id=event_id, subject=job.job_id)


def _troubled(job: Job) -> pb.VideoJobTroubled:
    reason = job.failure.reason if job.failure else ""
    return pb.VideoJobTroubled(
        job_id=job.job_id,
        provider=job.provider,
        reason=ErrorReason.Value(reason),
        happen_time=wire.timestamp(datetime.now(UTC)),
    )
