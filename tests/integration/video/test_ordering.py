import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from quartet.common.v1.caller_pb2 import Caller
from quartet.video.v1 import video_job_pb2

from services.chassis import errors
from tests.support.media import png
from tests.support.video_service import BackRoom, State, VideoCaller, somebody, video_services


async def test_an_order_is_in_the_queue_when_it_is_confirmed(video: VideoCaller, behind: BackRoom) -> None:
    first, second = (await video.order()).job, (await video.order("A dog", duration_seconds=10)).job
    assert (first.state, first.specification.prompt) == (State.VIDEO_JOB_STATE_PENDING, "A cat")
    assert (first.specification.model, first.specification.duration_seconds) == ("gen4.5", 5)
    assert second.jobs_ahead == first.jobs_ahead + 1
    assert second.expected_time.ToDatetime(UTC) > first.expected_time.ToDatetime(UTC) > datetime.now(UTC)
    for job in (first, second):
        assert await behind.stores.queue.holds((await behind.stored(job)).job)
    allowance = await video.allowance()
    assert (allowance.seconds_left, allowance.jobs_under_way) == (45, 2)


async def test_an_order_that_is_repeated_at_once_at_all_replicas_is_one_job(
    video_nats_url: str, behind: BackRoom
) -> None:
    request_id, caller, before = uuid4().hex, somebody(), await behind.queued_count()
    async with video_services(video_nats_url, 3) as replicas:
        orders = [
            replica.order(request_id=request_id, caller=caller) for replica in replicas for _ in range(10)
        ]
        taken = await asyncio.gather(*orders)
        listed = await replicas[0].listed(caller)
        allowance = await replicas[0].allowance(caller)
    assert {answer.job.job_id for answer in taken} == {request_id}
    assert (listed.total_count, await behind.queued_count()) == (1, before + 1)
    assert (allowance.seconds_left, allowance.jobs_under_way) == (55, 1)


async def test_an_order_that_comes_again_is_answered_with_the_first_one(video: VideoCaller) -> None:
    first = await video.order("A cat")
    again = await video.order("A dog", request_id=first.job.job_id)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.job.specification.prompt == "A cat"


async def test_a_picture_is_set_in_motion_and_can_be_used_again(video: VideoCaller, behind: BackRoom) -> None:
    first = (await video.order("", first_frame=png())).job
    again = (await video.order("Faster", first_frame_of_job_id=first.job_id)).job
    assert first.specification.has_first_frame
    assert again.specification.has_first_frame
    frames = [(await behind.stored(job)).job.specification.first_frame for job in (first, again)]
    assert frames[0] is not None
    assert frames[1] is not None
    assert frames[0].name != frames[1].name
    assert await behind.stores.vault.read(frames[1]) == await behind.stores.vault.read(frames[0])


@pytest.mark.parametrize(
    ("fields", "violated"),
    [
        ({"prompt": " "}, "specification.prompt"),
        ({"duration_seconds": 3601}, "specification.duration_seconds"),
        ({"request_id": "a b"}, "request_id"),
        ({"caller": Caller(user_id=1)}, "caller.chat_id"),
    ],
)
async def test_what_cannot_be_ordered_is_refused_by_name(
    video: VideoCaller, fields: dict[str, object], violated: str
) -> None:
    with pytest.raises(errors.InvalidRequest) as refusal:
        await video.order(**fields)  # type: ignore[arg-type]
    assert [violation.field for violation in refusal.value.violations] == [violated]
    assert (await video.allowance()).seconds_left == 60


async def test_a_picture_that_is_none_costs_nothing(video: VideoCaller) -> None:
    with pytest.raises(errors.UnsupportedImage):
        await video.order(first_frame=b"not a picture")
    with pytest.raises(errors.ResourceNotFound):
        await video.order(first_frame_of_job_id="unknown")
    allowance = await video.allowance()
    assert (allowance.seconds_left, allowance.jobs_under_way) == (60, 0)


async def test_a_job_is_shown_in_its_chat_and_to_nobody_else(video: VideoCaller) -> None:
    job_id = (await video.order()).job.job_id
    neighbour = Caller(user_id=somebody().user_id, chat_id=video.caller.chat_id)
    assert (await video.get(job_id, neighbour)).job_id == job_id
    stranger = somebody()
    for call in (video.get, video.cancel, video.delete, video.fetch):
        with pytest.raises(errors.ResourceNotFound):
            await call(job_id, stranger)
    for unknown in ("*", ">", "no such job", "a" * 5000, ""):
        with pytest.raises(errors.ResourceNotFound):
            await video.get(unknown)


async def test_the_models_are_those_of_the_configured_vendors_with_the_default_first(
    video: VideoCaller,
) -> None:
    models = await video.models()
    assert [model.provider for model in models] == ["runway"] * 3
    assert models[0].model == "gen4.5"
    assert models[0].default_duration_seconds in models[0].durations_seconds
    assert video_job_pb2.ASPECT_RATIO_WIDE in models[0].aspect_ratios
