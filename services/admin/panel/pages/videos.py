from typing import Any, Final

from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # no stubs
from quartet.common.v1.actor_pb2 import Actor
from quartet.video.v1 import video_desk_service_pb2 as pb
from quartet.video.v1.video_desk_service_pb2_grpc import VideoDeskServiceStub
from quartet.video.v1.video_job_pb2 import VideoJob, VideoJobState
from starlette.responses import Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Live, Page, Section, Show
from services.admin.panel.visit import Visit
from services.chassis.errors import InvalidRequest
from services.chassis.roles import AdminRole

MOST: Final = 100
EVERY_SECONDS: Final = 4.0
UNDER_WAY: Final = ("pending", "submitting", "running")
FAILED: Final = ("failed", "cancelled")


def page(desk: Desk) -> Page:
    """The videos of all users: what is under way, and what has ended."""
    stub = VideoDeskServiceStub(desk.neighbours.video)

    async def listed(visit: Visit) -> dict[str, Any]:
        request = pb.ListAllVideoJobsRequest(
            actor=_actor(visit), page_size=MOST, only_under_way=visit.query.get("show") == "under_way"
        )
        found = await stub.ListAllVideoJobs(request)
        counts = {_state(count.state): count.job_count for count in found.counts}
        return {"jobs": [_row(job) for job in found.jobs], "counts": counts}

    async def show(visit: Visit) -> Response:
        only = visit.query.get("show", "")
        return visit.show("videos.html", only=only, **await listed(visit))

    async def live(visit: Visit) -> str:
        return visit.render("videos_part.html", **await listed(visit))

    async def cancel(visit: Visit) -> Response:
        user_id, job_id = _job_of(visit)
        request = pb.CancelAnyVideoJobRequest(actor=_actor(visit), user_id=user_id, job_id=job_id)
        await stub.CancelAnyVideoJob(request)
        return visit.back("/videos", "done-video-cancelled")

    async def retry(visit: Visit) -> Response:
        user_id, job_id = _job_of(visit)
        request = pb.RetryVideoJobRequest(actor=_actor(visit), user_id=user_id, job_id=job_id)
        await stub.RetryVideoJob(request)
        return visit.back("/videos", "done-video-retried")

    routes = (
        Show("/videos", show),
        Live("/videos/live", live, every_seconds=EVERY_SECONDS),
        Act("/videos/cancel", cancel, "video.cancel"),
        Act("/videos/retry", retry, "video.retry"),
    )
    return Page("videos", "/videos", Section.WORK, AdminRole.OPERATOR, routes)


def _actor(visit: Visit) -> Actor:
    return Actor(user_id=visit.user_id)


def _job_of(visit: Visit) -> tuple[int, str]:
    user_id, job_id = visit.form_fields.get("user_id", ""), visit.form_fields.get("job_id", "")
    if not (user_id.isascii() and user_id.isdigit() and len(user_id) < 19 and job_id):
        raise InvalidRequest("the form names no video")
    return int(user_id), job_id


def _state(state: VideoJobState.ValueType) -> str:
    return VideoJobState.Name(state).removeprefix("VIDEO_JOB_STATE_").lower()


def _row(job: VideoJob) -> dict[str, Any]:
    state = _state(job.state)
    return {
        "job_id": job.job_id,
        "user_id": job.caller.user_id,
        "state": state,
        "kind": "good" if state == "succeeded" else "bad" if state in FAILED else "warn",
        "is_under_way": state in UNDER_WAY and not job.cancel_requested,
        "may_retry": state in FAILED,
        "progress": job.progress_percent if job.HasField("progress_percent") else None,
        "model": job.model or job.specification.model,
        "provider": job.provider,
        "seconds": job.specification.duration_seconds,
        "created_at": job.create_time.seconds,
        "updated_at": job.update_time.seconds,
        "reason": _reason(job),
        "cancel_requested": job.cancel_requested,
    }


def _reason(job: VideoJob) -> str:
    info = error_details_pb2.ErrorInfo()
    for detail in job.error.details if job.HasField("error") else ():
        if detail.Unpack(info):
            return str(info.reason).removeprefix("ERROR_REASON_").lower()
    return ""
