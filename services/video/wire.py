from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.usage_pb2 import Usage
from quartet.video.v1 import video_job_pb2 as pb

from services.chassis.status import to_status
from services.video.job import Film, Job, Owner, State
from services.video.providers.base import AspectRatio

ASPECT_RATIOS: Final = {ratio: pb.AspectRatio.Value(f"ASPECT_RATIO_{ratio.name}") for ratio in AspectRatio}
# What is not named, also because this process is older than its caller, is left to the rules.
ASPECT_RATIO_OF: Final = {number: ratio for ratio, number in ASPECT_RATIOS.items()}
STATES: Final = {state: pb.VideoJobState.Value(f"VIDEO_JOB_STATE_{state.name}") for state in State}


def owner(caller: Caller) -> Owner:
    return Owner(caller.user_id, caller.chat_id, caller.language_code, caller.user_key)


def timestamp(moment: datetime) -> Timestamp:
    written = Timestamp()
    written.FromDatetime(moment)
    return written


def job(
    described: Job,
    revision: int,
    *,
    expires_at: datetime | None = None,
    jobs_ahead: int = 0,
    expected_at: datetime | None = None,
) -> pb.VideoJob:
    """Write what is known of a job. What is not kept with it is told by the caller."""
    wanted = described.specification
    written = pb.VideoJob(
        job_id=described.job_id,
        caller=Caller(
            user_id=described.owner.user_id,
            chat_id=described.owner.chat_id,
            language_code=described.owner.language_code,
        ),
        specification=pb.VideoSpecification(
            prompt=wanted.prompt,
            model=wanted.model,
            duration_seconds=wanted.duration_seconds,
            aspect_ratio=_aspect_ratio(wanted.aspect_ratio),
            has_first_frame=wanted.first_frame is not None,
        ),
        state=STATES[described.state],
        provider=described.provider,
        model=described.model,
        failed_over=described.failed_over,
        progress_percent=described.progress_percent,
        jobs_ahead=jobs_ahead,
        estimated_cost_micros=described.estimated_cost_micros,
        cancel_requested=described.cancel_requested,
        create_time=timestamp(described.created_at),
        update_time=timestamp(described.updated_at),
        revision=revision,
    )
    if expected_at is not None:
        written.expected_time.CopyFrom(timestamp(expected_at))
    if described.film is not None:
        written.result.CopyFrom(_result(described, described.film, expires_at))
    if described.failure is not None:
        written.error.CopyFrom(to_status(described.failure.error))
    return written


def _result(described: Job, film: Film, expires_at: datetime | None) -> pb.VideoResult:
    return pb.VideoResult(
        width_pixels=film.width_pixels,
        height_pixels=film.height_pixels,
        duration_seconds=film.duration_seconds,
        has_sound=film.has_sound,
        original_size_bytes=film.original.size_bytes,
        display_size_bytes=film.display.size_bytes,
        expire_time=timestamp(expires_at) if expires_at else None,
        usage=Usage(
            provider=described.provider,
            model=described.model,
            output_token_count=film.output_token_count,
            cost_micros=film.cost_micros,
        ),
    )


def _aspect_ratio(ratio: AspectRatio | None) -> pb.AspectRatio.ValueType:
    return ASPECT_RATIOS[ratio] if ratio else pb.ASPECT_RATIO_UNSPECIFIED
