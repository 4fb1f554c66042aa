import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from quartet.video.v1 import video_events_pb2 as pb

from services.chassis import errors
from services.video.job import Job, State
from services.video.jobs import Stored
from services.video.providers.base import Submitted, Task, TaskState
from tests.support.video_work import Bench, work_of

RUNNING = Task(TaskState.RUNNING)
SUCCEEDED = Task(TaskState.SUCCEEDED, output="somewhere", cost_micros=250_000)


async def running(desk: Bench, *, task_id: str = "task", provider: str = "runway") -> Stored:
    desk.runway.tasks.append("task")
    until = datetime.now(UTC) + timedelta(seconds=30)
    stored = await desk.job()
    return await desk.change(
        stored,
        lambda job: job.submitting(provider, "gen4.5", "another", until, failed_over=False).running(
            Submitted(task_id)
        ),
    )


async def reason(desk: Bench, stored: Stored) -> str:
    failure = (await desk.now(stored)).failure
    return failure.reason if failure else ""


async def test_a_task_is_looked_after_until_its_video_is_kept(desk: Bench) -> None:
    stored = await running(desk)
    desk.runway.says(RUNNING, SUCCEEDED)
    await (await desk.worker()).handle(work_of(stored))
    film = (await desk.now(stored)).film
    assert film is not None
    assert (film.width_pixels, film.height_pixels, film.cost_micros) == (320, 180, 250_000)
    assert len(await desk.stores.vault.read(film.display)) == film.display.size_bytes
    await desk.until_told(stored, pb.VideoJobSucceeded)
    assert await desk.seconds_left(stored) == 55
    assert not desk.runway.orders


async def test_two_workers_that_follow_one_task_keep_one_video(desk: Bench) -> None:
    stored = await running(desk)
    desk.runway.says(SUCCEEDED)
    workers = [await desk.worker() for _ in range(2)]
    before = await desk.stores.vault.size_bytes()
    await asyncio.gather(*(worker.handle(work_of(stored)) for worker in workers))
    film = (await desk.now(stored)).film
    assert film is not None
    kept = sum(file.size_bytes for file in film.files)
    # Beside the files there are their descriptions.
    assert await desk.stores.vault.size_bytes() - before < 1.5 * kept


async def test_a_vendor_that_does_not_answer_is_asked_again_and_again(desk: Bench) -> None:
    stored = await running(desk)
    silence = [errors.ProviderUnavailable(retry_after_seconds=0), errors.ProviderMisconfigured()]
    desk.runway.says(*silence, SUCCEEDED)
    await (await desk.worker(video_poll_seconds=0.01)).handle(work_of(stored))
    assert (await desk.now(stored)).state is State.SUCCEEDED


async def test_a_file_that_cannot_be_fetched_now_is_fetched_later(desk: Bench) -> None:
    stored = await running(desk)
    desk.runway.says(SUCCEEDED)
    desk.runway.downloads.append(errors.ResourceNotFound())
    await (await desk.worker()).handle(work_of(stored))
    assert (await desk.now(stored)).state is State.SUCCEEDED


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (Task(TaskState.FAILED, failure=errors.ContentRejected()), errors.ContentRejected),
        (Task(TaskState.FAILED), errors.ProviderInterrupted),
        (Task(TaskState.CANCELLED), errors.ProviderInterrupted),
    ],
    ids=["refused", "failed", "cancelled by others"],
)
async def test_a_task_that_has_failed_ends_its_job(
    desk: Bench, task: Task, expected: type[errors.QuartetError]
) -> None:
    stored = await running(desk)
    desk.runway.says(task)
    await (await desk.worker()).handle(work_of(stored))
    assert await reason(desk, stored) == expected.reason
    await desk.until_told(stored, pb.VideoJobFailed)
    assert await desk.seconds_left(stored) == 60


async def test_a_task_that_the_vendor_has_lost_ends_its_job(desk: Bench) -> None:
    stored = await running(desk, task_id="lost")
    await (await desk.worker()).handle(work_of(stored))
    assert await reason(desk, stored) == errors.ProviderInterrupted.reason


async def test_a_job_whose_vendor_is_configured_no_more_ends(desk: Bench) -> None:
    stored = await running(desk, provider="somebody")
    await (await desk.worker()).handle(work_of(stored))
    assert await reason(desk, stored) == errors.ProviderMisconfigured.reason


async def test_a_cancellation_reaches_the_vendor_at_once(desk: Bench) -> None:
    stored = await running(desk)
    desk.runway.says(RUNNING)
    handling = asyncio.create_task((await desk.worker(video_poll_seconds=60)).handle(work_of(stored)))
    await desk.runway.was_looked_at.wait()
    await desk.cancel(stored)
    async with asyncio.timeout(5):
        await handling
    assert desk.runway.cancelled == ["task"]
    assert (await desk.now(stored)).state is State.CANCELLED
    await desk.until_told(stored, pb.VideoJobCancelled)
    assert await desk.seconds_left(stored) == 60


async def test_a_video_that_was_ready_before_its_cancellation_is_kept(desk: Bench) -> None:
    stored = await running(desk)
    await desk.change(stored, Job.wanting_cancellation)
    desk.runway.says(SUCCEEDED)
    await (await desk.worker()).handle(work_of(stored))
    assert (await desk.now(stored)).state is State.SUCCEEDED
    assert not desk.runway.cancelled


async def test_the_task_of_a_job_that_was_given_up_is_cancelled(desk: Bench) -> None:
    stored = await running(desk)
    desk.runway.says(RUNNING)
    handling = asyncio.create_task((await desk.worker(video_poll_seconds=0.05)).handle(work_of(stored)))
    await desk.runway.was_looked_at.wait()
    await desk.change(stored, lambda job: job.failed(errors.JobExpired()))
    await handling
    assert desk.runway.cancelled == ["task"]
    assert await reason(desk, stored) == errors.JobExpired.reason


async def test_what_has_ended_is_told_again_and_nothing_else(desk: Bench) -> None:
    stored = await running(desk)
    await desk.change(stored, lambda job: job.failed(errors.ContentRejected()))
    await (await desk.worker()).handle(work_of(stored, deliveries=2))
    await desk.until_told(stored, pb.VideoJobFailed)
    assert not desk.runway.look_count


async def test_a_job_that_was_deleted_is_no_more_work(desk: Bench) -> None:
    stored = await running(desk)
    await desk.stores.jobs.delete(stored.job)
    await (await desk.worker()).handle(work_of(stored))
    assert not desk.told(stored)


async def test_whoever_is_to_stop_stops_looking_at_once(desk: Bench) -> None:
    stored = await running(desk)
    desk.runway.says(RUNNING)
    handling = asyncio.create_task((await desk.worker(video_poll_seconds=60)).handle(work_of(stored)))
    await desk.runway.was_looked_at.wait()
    handling.cancel()
    async with asyncio.timeout(1):
        await asyncio.wait({handling})
    assert (await desk.now(stored)).state is State.RUNNING


async def test_the_task_of_a_job_that_expired_without_a_worker_is_cancelled_by_the_next_one(
    desk: Bench,
) -> None:
    stored = await running(desk)
    stored = await desk.change(stored, lambda job: job.failed(errors.JobExpired()))
    await (await desk.worker()).handle(work_of(stored))
    assert desk.runway.cancelled == ["task"]
    await desk.until_told(stored, pb.VideoJobFailed)
