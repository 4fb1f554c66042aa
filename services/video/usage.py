from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol

from google.protobuf.timestamp_pb2 import Timestamp
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.usage_events_pb2 import (
    JobChanged,
    JobStep,
    ModelCalled,
    UsageHeader,
    UsageOutcome,
)

from services.chassis.errors import InternalError, QuartetError
from services.chassis.usage import UsageEvent, request_id, usage_id
from services.video.job import Job, State

KIND: Final = "video"
UNIT: Final = "second"
STEPS: Final = {
    State.SUCCEEDED: JobStep.JOB_STEP_SUCCEEDED,
    State.FAILED: JobStep.JOB_STEP_FAILED,
    State.CANCELLED: JobStep.JOB_STEP_CANCELLED,
}
OUTCOMES: Final = {
    State.SUCCEEDED: UsageOutcome.USAGE_OUTCOME_OK,
    State.FAILED: UsageOutcome.USAGE_OUTCOME_ERROR,
    State.CANCELLED: UsageOutcome.USAGE_OUTCOME_CANCELLED,
}


class Usage(Protocol):
    """Where usage events go."""

    async def publish(self, event: UsageEvent) -> None:
        """Raises ServiceUnavailable: it may then be published again."""
        ...

    def offer(self, event: UsageEvent) -> None: ...


class Chronicle:
    """Tells analysts how jobs go. Everything may be told again: what is told twice is one row.

    What `ended` tells again waits for nothing; the other methods raise ServiceUnavailable.
    """

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    def ordered(self, job: Job, jobs_ahead: int) -> None:
        event = _queued(job)
        event.queue_depth = jobs_ahead
        # `ended` tells the same without the depth: of the two, this one counts.
        event.header.version = event.header.happen_time.ToMilliseconds() + 1
        self._usage.offer(event)

    def started(self, job: Job) -> None:
        """A vendor makes the video of a job that is RUNNING."""
        self._usage.offer(_started(job))

    async def retrying(self, job: Job) -> None:
        """Every vendor surely refused a job that is PENDING again, and may take it later."""
        step = _changed(job, JobStep.JOB_STEP_RETRYING, job.updated_at, f"retrying.{job.attempts}")
        await self._usage.publish(step)

    def refused(self, job: Job, error: QuartetError, at: datetime) -> None:
        """The vendor that `job` names has not taken it."""
        event = _called(job, f"{job.attempts}.{job.provider}.{job.model}", at)
        event.outcome = UsageOutcome.USAGE_OUTCOME_ERROR
        event.error_reason = ErrorReason.Value(error.reason)
        self._usage.offer(event)

    async def ended(self, job: Job) -> None:
        """A job has come to its end: its steps once more, for whoever was to tell them may have died."""
        for event in _whole(job):
            await self._usage.publish(event)


def _whole(job: Job) -> Iterator[UsageEvent]:
    yield _queued(job)
    if job.started_at is not None:
        yield _started(job)
        yield _made(job, job.started_at)
    step = STEPS[job.state]
    if job.failure is not None and job.failure.reason == InternalError.reason:
        step = JobStep.JOB_STEP_DEAD
    ended = _changed(job, step, job.updated_at, "ended")
    if job.failure is not None:
        ended.error_reason = ErrorReason.Value(job.failure.reason)
    if job.film is not None:
        ended.size_bytes = job.film.original.size_bytes
    ended.duration_ms = _milliseconds(job.started_at or job.created_at, job.updated_at)
    yield ended


def _queued(job: Job) -> JobChanged:
    # It may have been given to a vendor since, but not then.
    return JobChanged(
        header=_header(job, "job.queued", job.created_at),
        job_id=job.job_id,
        request_id=request_id(job.job_id),
        kind=KIND,
        step=JobStep.JOB_STEP_QUEUED,
        model=job.specification.model,
    )


def _started(job: Job) -> JobChanged:
    moment = job.started_at or job.updated_at
    started = _changed(job, JobStep.JOB_STEP_STARTED, moment, "started")
    started.duration_ms = _milliseconds(job.created_at, moment)
    return started


def _changed(job: Job, step: JobStep.ValueType, moment: datetime, name: str) -> JobChanged:
    return JobChanged(
        header=_header(job, f"job.{name}", moment),
        job_id=job.job_id,
        request_id=request_id(job.job_id),
        kind=KIND,
        step=step,
        attempt=job.attempts,
        worker=job.submitter,
        provider=job.provider,
        model=job.model,
    )


def _made(job: Job, started_at: datetime) -> ModelCalled:
    """The call that a vendor took."""
    called = _called(job, "task", started_at)
    called.outcome = OUTCOMES[job.state]
    called.latency_ms = _milliseconds(started_at, job.updated_at)
    if job.failure is not None:
        called.error_reason = ErrorReason.Value(job.failure.reason)
    if job.film is None:
        return called
    called.unit_count = job.film.duration_seconds
    called.unit = UNIT
    called.output_token_count = job.film.output_token_count
    if job.film.cost_micros is not None:
        called.cost_micros = job.film.cost_micros
    return called


def _called(job: Job, name: str, moment: datetime) -> ModelCalled:
    return ModelCalled(
        header=_header(job, f"video.{name}", moment),
        request_id=request_id(job.job_id),
        user_key=job.owner.user_key,
        service=KIND,
        operation=KIND,
        provider=job.provider,
        model=job.model,
        attempt=job.attempts,
    )


def _header(job: Job, step: str, moment: datetime) -> UsageHeader:
    happened = Timestamp()
    happened.FromDatetime(moment)
    return UsageHeader(event_id=usage_id(job.job_id, step), happen_time=happened)


def _milliseconds(begin: datetime, end: datetime) -> int:
    return max(0, round((end - begin).total_seconds() * 1000))
