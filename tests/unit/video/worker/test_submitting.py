import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from quartet.video.v1 import video_events_pb2 as pb

from services.chassis import errors
from services.video.job import Job, State
from services.video.providers.base import Submitted
from tests.support.nats import nats_server
from tests.support.video_work import Bench, bench, is_waiting, work_of

UNKNOWN = errors.SubmissionUnknown.reason


def submitting(job: Job, *, until_seconds: float = -1.0, submitter: str = "another") -> Job:
    until = datetime.now(UTC) + timedelta(seconds=until_seconds)
    return job.submitting("runway", "gen4.5", submitter, until, failed_over=False)


async def test_that_a_vendor_is_asked_and_what_it_said_are_stored_before_anything_else(desk: Bench) -> None:
    stored, seen = await desk.job(), list[Job]()

    async def look_into_the_store() -> None:
        seen.append(await desk.now(stored))

    desk.runway.answers.append(look_into_the_store)
    await (await desk.worker()).handle(work_of(stored))
    assert [(job.state, job.provider, job.model) for job in seen] == [(State.SUBMITTING, "runway", "gen4.5")]
    assert (await desk.now(stored)).task_id == desk.runway.tasks[0]
    begun = (await desk.until_told(stored, pb.VideoJobProgressed)).job
    assert begun.estimated_cost_micros == 100_000


async def test_two_workers_with_the_same_message_ask_one_vendor_once(desk: Bench) -> None:
    stored = await desk.job()
    workers = [await desk.worker() for _ in range(2)]
    ended = await asyncio.gather(
        *(worker.handle(work_of(stored)) for worker in workers), return_exceptions=True
    )
    assert sum(isinstance(outcome, errors.ServiceUnavailable) for outcome in ended) <= 1
    assert len(desk.runway.tasks) + len(desk.google.tasks) == 1


async def test_a_message_that_comes_again_while_its_job_is_in_hand_waits(desk: Bench) -> None:
    stored, answer = await desk.job(), asyncio.Event()
    asked = asyncio.Event()

    async def wait() -> None:
        asked.set()
        await answer.wait()

    desk.runway.answers.append(wait)
    worker = await desk.worker()
    first = asyncio.create_task(worker.handle(work_of(stored)))
    await asked.wait()
    again = asyncio.create_task(worker.handle(work_of(stored, deliveries=2)))
    answer.set()
    await asyncio.gather(first, again)
    assert len(desk.runway.tasks) == 1
    assert (await desk.now(stored)).state is State.FAILED


async def test_what_nobody_knows_of_is_never_asked_for_again(desk: Bench) -> None:
    stored = await desk.job()
    await desk.change(stored, submitting)
    await (await desk.worker()).handle(work_of(stored))
    job = await desk.now(stored)
    assert job.failure is not None
    assert job.failure.reason == UNKNOWN
    assert not desk.runway.orders
    assert not desk.google.orders
    await desk.until_told(stored, pb.VideoJobFailed)
    assert (await desk.until_told(stored, pb.VideoJobTroubled)).provider == "runway"
    assert await desk.seconds_left(stored) == 60


async def test_whoever_may_still_be_asking_is_waited_for(desk: Bench) -> None:
    stored = await desk.job()
    await desk.change(stored, lambda job: submitting(job, until_seconds=30))
    with pytest.raises(errors.ServiceUnavailable) as caught:
        await (await desk.worker()).handle(work_of(stored))
    assert caught.value.retry_after_seconds == pytest.approx(30, abs=5)
    assert (await desk.now(stored)).state is State.SUBMITTING


async def test_whoever_still_writes_down_a_task_after_an_outage_is_waited_for(desk: Bench) -> None:
    stored = await desk.job()
    await desk.change(stored, submitting)
    desk.runway.tasks.append("theirs")
    deciding = asyncio.create_task((await desk.worker()).handle(work_of(stored)))
    await desk.change(stored, lambda job: job.running(Submitted("theirs")))
    await deciding
    job = await desk.now(stored)
    assert job.task_id == "theirs"
    assert job.failure is not None
    assert job.failure.reason == errors.ProviderInterrupted.reason


async def test_an_order_that_every_vendor_refuses_for_now_is_given_again_later(desk: Bench) -> None:
    stored = await desk.job()
    desk.runway.answers.append(errors.ProviderRateLimited(retry_after_seconds=30))
    desk.google.answers.append(errors.ProviderUnavailable())
    worker = await desk.worker()
    with pytest.raises(errors.ServiceUnavailable) as caught:
        await worker.handle(work_of(stored))
    assert caught.value.retry_after_seconds == pytest.approx(30, abs=5)
    job = await desk.now(stored)
    assert is_waiting(job)
    assert (job.attempts, job.provider) == (1, "")
    with pytest.raises(errors.ServiceUnavailable):
        await worker.handle(work_of(stored, deliveries=2))
    assert len(desk.runway.orders) == 1


async def test_refusals_have_an_end(desk: Bench) -> None:
    stored = await desk.job(attempts=2)
    desk.runway.answers.append(errors.ProviderUnavailable())
    desk.google.answers.append(errors.ProviderUnavailable())
    await (await desk.worker(video_max_attempts=3)).handle(work_of(stored))
    failure = (await desk.now(stored)).failure
    assert failure is not None
    assert failure.reason == errors.ProviderUnavailable.reason


async def test_what_is_refused_for_good_ends_at_once(desk: Bench) -> None:
    stored = await desk.job()
    desk.runway.answers.append(errors.ContentRejected())
    await (await desk.worker()).handle(work_of(stored))
    failure = (await desk.now(stored)).failure
    assert failure is not None
    assert failure.reason == errors.ContentRejected.reason
    assert not desk.google.orders


async def test_another_vendor_takes_over_where_the_first_surely_has_not(desk: Bench) -> None:
    stored = await desk.job()
    desk.runway.answers.append(errors.ProviderUnavailable())
    await (await desk.worker()).handle(work_of(stored))
    job = await desk.now(stored)
    assert (job.provider, job.task_id, job.failed_over) == ("google", desk.google.tasks[0], True)
    assert job.attempts == 1


async def test_no_vendor_takes_over_where_the_first_may_have_taken_the_order(desk: Bench) -> None:
    stored = await desk.job()
    desk.runway.answers.append(errors.SubmissionUnknown())
    await (await desk.worker()).handle(work_of(stored))
    failure = (await desk.now(stored)).failure
    assert failure is not None
    assert failure.reason == UNKNOWN
    assert not desk.google.orders


async def test_a_vendor_that_says_nothing_may_have_taken_the_order(desk: Bench) -> None:
    stored = await desk.job()

    async def say_nothing() -> None:
        await asyncio.Event().wait()

    desk.runway.answers.append(say_nothing)
    await (await desk.worker(video_submit_seconds=0.2)).handle(work_of(stored))
    failure = (await desk.now(stored)).failure
    assert failure is not None
    assert failure.reason == UNKNOWN
    assert not desk.google.orders


async def test_a_vendor_that_swallows_orders_is_given_no_more_of_them(desk: Bench) -> None:
    worker = await desk.worker(video_breaker_failures=2)
    for _ in range(2):
        desk.runway.answers.append(errors.SubmissionUnknown())
        await worker.handle(work_of(await desk.job()))
    desk.google.answers.append(errors.ProviderUnavailable())
    stored = await desk.job()
    with pytest.raises(errors.ServiceUnavailable):
        await worker.handle(work_of(stored))
    assert len(desk.runway.orders) == 2
    assert is_waiting(await desk.now(stored))


async def test_the_task_of_a_job_that_ended_while_it_was_submitted_is_cancelled(desk: Bench) -> None:
    stored = await desk.job()

    async def end_it() -> None:
        await desk.change(stored, lambda job: job.failed(errors.JobExpired()))

    desk.runway.answers.append(end_it)
    await (await desk.worker()).handle(work_of(stored))
    assert desk.runway.cancelled == desk.runway.tasks
    failure = (await desk.now(stored)).failure
    assert failure is not None
    assert failure.reason == errors.JobExpired.reason


async def test_the_next_vendor_is_not_asked_for_what_was_cancelled_meanwhile(desk: Bench) -> None:
    stored = await desk.job()

    async def cancel_and_refuse() -> None:
        await desk.change(stored, Job.wanting_cancellation)
        raise errors.ProviderUnavailable

    desk.runway.answers.append(cancel_and_refuse)
    await (await desk.worker()).handle(work_of(stored))
    assert (await desk.now(stored)).state is State.CANCELLED
    assert not desk.google.orders
    await desk.until_told(stored, pb.VideoJobCancelled)


async def test_a_worker_that_stood_still_asks_nobody_for_a_job_that_ended_meanwhile(
    desk: Bench, tmp_path: Path
) -> None:
    stored, marker = await desk.job(), tmp_path / "stood-still"
    worker = await desk.worker(f"video.submitting_stored=sleep:0.4@{marker}", video_submit_seconds=0.8)
    handling = asyncio.create_task(worker.handle(work_of(stored)))
    while not marker.exists():  # noqa: ASYNC110 - a file tells nobody that it is there
        await asyncio.sleep(0.01)
    await desk.change(stored, lambda job: job.failed(errors.SubmissionUnknown()))
    await handling
    assert not desk.runway.orders


async def test_whoever_is_to_stop_still_writes_down_the_task(desk: Bench) -> None:
    stored, asked, answer = await desk.job(), asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        asked.set()
        await answer.wait()

    desk.runway.answers.append(wait)
    handling = asyncio.create_task((await desk.worker()).handle(work_of(stored)))
    await asked.wait()
    handling.cancel()
    answer.set()
    with pytest.raises(asyncio.CancelledError):
        await handling
    job = await desk.now(stored)
    assert (job.state, job.task_id) == (State.RUNNING, desk.runway.tasks[0])


async def test_a_job_that_kills_whoever_works_on_it_ends_as_a_failure_that_people_hear_of(
    desk: Bench,
) -> None:
    stored = await desk.job()
    worker = await desk.worker(video_max_deliveries=4)
    await worker.handle(work_of(stored, deliveries=5))
    failure = (await desk.now(stored)).failure
    assert failure is not None
    assert failure.reason == errors.InternalError.reason
    assert not desk.runway.orders
    await desk.until_told(stored, pb.VideoJobTroubled)


@pytest.mark.parametrize("is_taken", [True, False], ids=["taken", "refused"])
async def test_what_a_vendor_said_is_written_down_when_the_store_is_back(
    is_taken: bool, tmp_path: Path
) -> None:
    with nats_server(tmp_path) as server:
        async with bench(server.url) as desk:
            stored = await desk.job()

            async def answer_while_the_store_is_away() -> None:
                await asyncio.to_thread(server.kill)
                if not is_taken:
                    raise errors.ContentRejected

            desk.runway.answers.append(answer_while_the_store_is_away)
            handling = asyncio.create_task((await desk.worker()).handle(work_of(stored)))
            # Longer than the store is waited for, once.
            await asyncio.wait({handling}, timeout=0.5)
            await asyncio.to_thread(server.start)
            await handling
            job = await desk.now(stored)
            assert (job.task_id in desk.runway.tasks) is is_taken
            assert job.failure is not None
            kind = errors.ProviderInterrupted if is_taken else errors.ContentRejected
            assert job.failure.reason == kind.reason
