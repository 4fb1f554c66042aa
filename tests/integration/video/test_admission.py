import asyncio
from collections import Counter
from typing import Any

import pytest
from quartet.common.v1.caller_pb2 import Caller
from quartet.video.v1.video_job_pb2 import VideoJob

from services.chassis.errors import QuartetError, QuotaExceeded, ServiceUnavailable
from tests.support.video_service import BackRoom, VideoCaller, back_room, somebody, video_services

ORDERS = 50


async def rush(
    replicas: list[VideoCaller], callers: list[Caller]
) -> tuple[list[VideoJob], list[QuartetError]]:
    """Place an order for each of the callers, all at once, at all replicas in turn."""
    orders = [
        replicas[number % len(replicas)].order(caller=caller, duration_seconds=5)
        for number, caller in enumerate(callers)
    ]
    answers: list[Any] = await asyncio.gather(*orders, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, QuartetError)]
    return [answer.job for answer in answers if answer not in refused], refused


async def test_of_fifty_orders_at_once_a_user_gets_as_many_as_may_be_under_way(video_nats_url: str) -> None:
    caller = somebody()
    async with video_services(video_nats_url, 3, video_max_per_user=3) as replicas:
        taken, refused = await rush(replicas, [caller] * ORDERS)
        listed = await replicas[0].listed(caller)
        assert (len(taken), listed.total_count) == (3, 3)
        assert Counter(type(error) for error in refused) == {QuotaExceeded: ORDERS - 3}
        assert {error.metadata["quota"] for error in refused} == {"videos_at_once"}
        await replicas[0].cancel(taken[0].job_id, caller)
        await replicas[1].order(caller=caller)


async def test_of_fifty_orders_at_once_a_user_gets_the_seconds_of_a_day(video_nats_url: str) -> None:
    caller = somebody()
    limits = {"video_max_per_user": 100, "video_seconds_per_day": 60}
    async with video_services(video_nats_url, 3, **limits) as replicas:
        taken, refused = await rush(replicas, [caller] * ORDERS)
        allowance = await replicas[0].allowance(caller)
    assert (len(taken), allowance.seconds_left, allowance.jobs_under_way) == (12, 0, 12)
    assert {error.metadata["quota"] for error in refused} == {"video_seconds_per_day"}
    assert all(0 < (error.retry_after_seconds or 0) <= 86_400 for error in refused)


async def test_of_fifty_users_at_once_as_many_get_in_as_the_queue_takes(video_nats_url: str) -> None:
    callers = [somebody() for _ in range(ORDERS)]
    async with back_room(video_nats_url) as behind:
        room = 5 + await behind.queued_count()
        async with video_services(video_nats_url, 3, video_max_jobs=room) as replicas:
            taken, refused = await rush(replicas, callers)
            assert len(taken) == 5
            assert Counter(type(error) for error in refused) == {ServiceUnavailable: ORDERS - 5}
            assert all((error.retry_after_seconds or 0) > 0 for error in refused)
            await _is_as_told(replicas[0], callers, taken)
            await replicas[0].cancel(taken[0].job_id, taken[0].caller)
            await replicas[1].order(caller=somebody())


async def _is_as_told(video: VideoCaller, callers: list[Caller], taken: list[VideoJob]) -> None:
    """Whoever was refused has no job, and all of their allowance."""
    kept = list[str]()
    for caller in callers:
        listed, allowance = await video.listed(caller), await video.allowance(caller)
        kept += [job.job_id for job in listed.jobs]
        assert allowance.jobs_under_way == listed.total_count
        assert allowance.seconds_left == 60 - 5 * listed.total_count
    assert sorted(kept) == sorted(job.job_id for job in taken)


async def test_an_order_refused_for_want_of_room_can_be_placed_again(
    video_nats_url: str, behind: BackRoom
) -> None:
    room = 1 + await behind.queued_count()
    async with video_services(video_nats_url, 1, video_max_jobs=room) as (video,):
        first = (await video.order()).job
        for _ in range(2):
            with pytest.raises(ServiceUnavailable):
                await video.order(request_id="again")
        await video.cancel(first.job_id)
        assert not (await video.order(request_id="again")).replayed
