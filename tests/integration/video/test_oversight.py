from typing import Any

import pytest
from quartet.common.v1.actor_pb2 import Actor
from quartet.video.v1 import video_desk_service_pb2 as pb

from services.chassis.errors import InvalidRequest, PermissionDenied, ProviderUnavailable
from tests.support.video_service import OPERATOR, BackRoom, State, VideoCaller


async def test_an_operator_sees_the_jobs_of_all_without_their_words(video: VideoCaller) -> None:
    job = (await video.order("A secret cat")).job
    listed = await video.desk.ListAllVideoJobs(pb.ListAllVideoJobsRequest(actor=OPERATOR, page_size=200))
    shown = next(one for one in listed.jobs if one.job_id == job.job_id)
    assert (shown.caller.user_id, shown.specification.prompt) == (job.caller.user_id, "")
    assert {count.state: count.job_count for count in listed.counts}[job.state] >= 1
    for user_id in (0, job.caller.user_id):
        with pytest.raises(PermissionDenied):
            await video.desk.ListAllVideoJobs(pb.ListAllVideoJobsRequest(actor=Actor(user_id=user_id)))


async def test_an_operator_cancels_and_orders_anew_what_failed_once(
    video: VideoCaller, behind: BackRoom
) -> None:
    job = (await video.order("A cat", duration_seconds=5)).job
    whose: dict[str, Any] = {"actor": OPERATOR, "user_id": job.caller.user_id}
    with pytest.raises(InvalidRequest):
        await video.desk.RetryVideoJob(pb.RetryVideoJobRequest(**whose, job_id=job.job_id))
    stored = await behind.stored(job)
    await behind.stores.jobs.move(stored, stored.job.failed(ProviderUnavailable()))
    first = (await video.desk.RetryVideoJob(pb.RetryVideoJobRequest(**whose, job_id=job.job_id))).job
    second = (await video.desk.RetryVideoJob(pb.RetryVideoJobRequest(**whose, job_id=job.job_id))).job
    assert first.job_id == second.job_id == f"{job.job_id}.again1"
    assert (await video.get(first.job_id)).specification.prompt == "A cat"
    cancelled = await video.desk.CancelAnyVideoJob(pb.CancelAnyVideoJobRequest(**whose, job_id=first.job_id))
    assert cancelled.job.state == State.VIDEO_JOB_STATE_CANCELLED
    third = (await video.desk.RetryVideoJob(pb.RetryVideoJobRequest(**whose, job_id=first.job_id))).job
    assert third.job_id == f"{job.job_id}.again2"
