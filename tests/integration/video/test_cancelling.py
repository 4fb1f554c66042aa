import asyncio
from datetime import UTC, datetime

import pytest
from nats.aio.msg import Msg
from quartet.video.v1 import video_events_pb2 as events

from services.chassis import errors
from services.video.job import File, Film, Job
from services.video.orders import NUDGES
from services.video.providers.base import Submitted
from tests.support.video_service import BackRoom, State, VideoCaller


def submitted(job: Job) -> Job:
    return job.submitting("runway", "gen4.5", "worker", datetime.now(UTC), failed_over=False).running(
        Submitted("task-1")
    )


async def kept(behind: BackRoom, job: Job) -> Job:
    """Make the video of a job."""
    original, display, thumbnail = [
        await behind.stores.vault.put(job.job_id, form, form.encode(), "video/mp4")
        for form in ("original", "display", "thumbnail")
    ]
    film = Film(original, display, thumbnail, 1280, 720, 5.0, has_sound=True, cost_micros=50_000)
    return submitted(job).succeeded(film)


async def test_a_job_that_waits_is_cancelled_at_once(video: VideoCaller, behind: BackRoom) -> None:
    job, before = (await video.order()).job, await behind.queued_count()
    cancelled = await video.cancel(job.job_id)
    assert cancelled.state == State.VIDEO_JOB_STATE_CANCELLED
    assert (await behind.told(job.job_id, events.VideoJobCancelled)).job == cancelled
    assert await behind.queued_count() == before - 1
    allowance = await video.allowance()
    assert (allowance.seconds_left, allowance.jobs_under_way) == (60, 0)
    assert await video.cancel(job.job_id) == cancelled


async def test_whoever_works_on_a_job_is_told_that_it_is_not_wanted(
    video: VideoCaller, behind: BackRoom
) -> None:
    job = (await video.order()).job
    await behind.stores.jobs.change(await behind.stored(job), submitted)
    nudges = asyncio.Queue[Msg]()
    await behind.nats.client.subscribe(f"{NUDGES}.{job.job_id}", cb=nudges.put)
    await behind.nats.client.flush()
    cancelled = await video.cancel(job.job_id)
    assert (cancelled.state, cancelled.cancel_requested) == (State.VIDEO_JOB_STATE_RUNNING, True)
    async with asyncio.timeout(5):
        await nudges.get()
    assert (await video.allowance()).jobs_under_way == 1


async def test_a_video_that_is_there_cannot_be_cancelled(video: VideoCaller, behind: BackRoom) -> None:
    job = (await video.order()).job
    stored = await behind.stored(job)
    finished = await kept(behind, stored.job)
    await behind.stores.endings.announce(await behind.stores.jobs.change(stored, lambda _: finished))
    assert (await video.cancel(job.job_id)).state == State.VIDEO_JOB_STATE_SUCCEEDED
    described = await video.get(job.job_id)
    assert (described.result.usage.cost_micros, described.result.has_sound) == (50_000, True)
    assert (await behind.told(job.job_id, events.VideoJobSucceeded)).job == described
    assert (await video.allowance()).seconds_left == 55


async def test_a_job_that_is_deleted_takes_its_files_along(video: VideoCaller, behind: BackRoom) -> None:
    job = (await video.order()).job
    with pytest.raises(errors.InvalidRequest):
        await video.delete(job.job_id)
    stored = await behind.stored(job)
    finished = await kept(behind, stored.job)
    await behind.stores.jobs.change(stored, lambda _: finished)
    assert await video.fetch(job.job_id) == b"display"
    await video.delete(job.job_id)
    with pytest.raises(errors.ResourceNotFound):
        await video.get(job.job_id)
    for file in finished.files:
        assert await _is_gone(behind, file)
    assert (await video.listed()).total_count == 0
    allowance = await video.allowance()
    assert (allowance.seconds_left, allowance.jobs_under_way) == (55, 0)


async def _is_gone(behind: BackRoom, file: File) -> bool:
    try:
        await behind.stores.vault.read(file)
    except errors.ResourceNotFound:
        return True
    return False


async def test_the_jobs_of_a_user_are_listed_from_the_newest_on(video: VideoCaller) -> None:
    ids = [(await video.order(duration_seconds=5)).job.job_id for _ in range(3)]
    first = await video.listed(page_size=2)
    second = await video.listed(page_size=2, page_token=first.next_page_token)
    assert [job.job_id for job in (*first.jobs, *second.jobs)] == ids[::-1]
    assert (first.total_count, second.next_page_token) == (3, "")
    described = await video.get(ids[2])
    assert (first.jobs[0].revision, first.jobs[0].jobs_ahead) == (described.revision, described.jobs_ahead)
    for wrong in ({"page_token": "-1"}, {"page_token": "9" * 5000}, {"page_size": 101}):
        with pytest.raises(errors.InvalidRequest):
            await video.listed(**wrong)
