import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from quartet.common.v1 import error_reason_pb2
from quartet.video.v1 import video_events_pb2 as events
from quartet.video.v1 import video_job_pb2

from services.chassis.environment import Environment
from services.chassis.failpoints import Failpoints
from services.video.account import Limits
from services.video.allowance import BUCKET, Allowances
from services.video.intake import Intake
from services.video.job import Job, Owner, Specification, State
from services.video.jobs import Stored
from services.video.metrics import VideoMetrics
from services.video.order import Order, Terms
from services.video.providers.base import Offer
from services.video.queue import STREAM
from services.video.sweeping.lost_jobs import LostJobs
from services.video.sweeping.reservations import LEFT_ALONE, ForgottenReservations
from tests.support.video_service import BackRoom, video_settings

OFFER: Final = Offer((5,), 5, (), takes_first_frame=False)
LONGEST: Final = timedelta(hours=1)


class NoFrames:
    async def develop(self, content: bytes) -> bytes:
        raise AssertionError("no order here has a picture")


class Sweeping:
    """A sweeper that leaves nothing alone, and an intake to fill what it sweeps."""

    def __init__(self, behind: BackRoom) -> None:
        self.behind, stores = behind, behind.stores
        metrics = VideoMetrics(CollectorRegistry())
        self.intake = Intake(
            stores.jobs,
            stores.queue,
            stores.allowances,
            stores.vault,
            NoFrames(),
            Terms({"model": OFFER}, max_prompt_characters=100),
            metrics,
            Failpoints("", Environment.TEST),
        )
        self.sweepers = [
            LostJobs(
                stores.jobs,
                stores.queue,
                self.intake,
                stores.endings,
                metrics,
                longest=LONGEST,
                left_alone_seconds=0.0,
            )
            for _ in range(2)
        ]
        self.reservations = ForgottenReservations(stores.jobs, stores.allowances, metrics)

    async def job(self, **changes: Any) -> Stored:
        """Take an order, and change its job behind everybody's back."""
        user_id = uuid4().int >> 90
        stored, _ = await self.intake.take(Order(uuid4().hex, Owner(user_id, user_id), "A cat"))
        return await self.behind.stores.jobs.change(stored, lambda job: replace(job, **changes))

    async def sweep(self) -> None:
        """Have two replicas sweep at once."""
        await asyncio.gather(*(sweeper.sweep() for sweeper in self.sweepers))

    async def now(self, stored: Stored) -> Job:
        found = await self.behind.stores.jobs.get(stored.job.owner.user_id, stored.job.job_id)
        assert found is not None, "the job is gone"
        return found.job

    async def under_way(self, stored: Stored) -> int:
        return (await self.behind.stores.allowances.of(stored.job.owner.user_id)).under_way


@pytest.fixture
def sweeping(behind: BackRoom) -> Sweeping:
    return Sweeping(behind)


async def test_a_job_that_the_queue_has_lost_is_queued_again_and_once(sweeping: Sweeping) -> None:
    lost, before = await sweeping.job(), await sweeping.behind.queued_count()
    await sweeping.behind.lose(lost)
    await sweeping.sweep()
    restored = await sweeping.now(lost)
    assert restored.work_sequence > lost.job.work_sequence
    assert await sweeping.behind.stores.queue.holds(restored)
    await sweeping.sweep()
    assert await sweeping.now(lost) == restored
    assert await sweeping.behind.queued_count() == before


async def test_another_jobs_message_at_its_place_is_not_taken_for_its_own(sweeping: Sweeping) -> None:
    other, lost = await sweeping.job(), await sweeping.job()
    await sweeping.behind.lose(lost)
    await sweeping.behind.stores.jobs.change(lost, lambda job: job.queued(other.job.work_sequence))
    await sweeping.sweep()
    assert await sweeping.behind.stores.queue.holds(await sweeping.now(lost))
    assert await sweeping.now(other) == other.job


async def test_a_job_that_never_reached_the_queue_gets_there(sweeping: Sweeping) -> None:
    user_id, now = uuid4().int >> 90, datetime.now(UTC)
    wanted = Specification("A cat", "model", 5, None)
    stored, _ = await sweeping.behind.stores.jobs.create(
        Job(uuid4().hex, Owner(user_id, user_id), wanted, now, now)
    )
    await sweeping.sweep()
    assert await sweeping.behind.stores.queue.holds(await sweeping.now(stored))


async def test_where_there_is_no_room_to_restore_a_job_the_others_are_swept(sweeping: Sweeping) -> None:
    lost, old = await sweeping.job(), await sweeping.job(created_at=datetime.now(UTC) - LONGEST * 2)
    await sweeping.behind.lose(lost)
    js = sweeping.behind.nats.js
    config = (await js.stream_info(STREAM)).config
    await js.update_stream(replace(config, max_msgs=await sweeping.behind.queued_count()))
    await sweeping.sweep()
    await js.update_stream(config)
    assert (await sweeping.now(old)).state is State.FAILED
    await sweeping.sweep()
    assert await sweeping.behind.stores.queue.holds(await sweeping.now(lost))


async def test_a_job_that_takes_too_long_fails_and_people_hear_of_it(sweeping: Sweeping) -> None:
    old = await sweeping.job(created_at=datetime.now(UTC) - LONGEST * 2)
    await sweeping.sweep()
    told = await sweeping.behind.told(old.job.job_id, events.VideoJobFailed)
    trouble = await sweeping.behind.told(old.job.job_id, events.VideoJobTroubled)
    assert told.job.state == video_job_pb2.VIDEO_JOB_STATE_FAILED
    assert trouble.reason == error_reason_pb2.ERROR_REASON_JOB_EXPIRED
    assert await sweeping.under_way(old) == 0
    assert not await sweeping.behind.stores.queue.holds(await sweeping.now(old))


async def test_an_end_that_nobody_was_told_of_is_told(sweeping: Sweeping) -> None:
    stored = await sweeping.job()
    await sweeping.behind.stores.jobs.change(stored, Job.cancelled)
    assert await sweeping.under_way(stored) == 1
    await sweeping.sweep()
    assert await sweeping.behind.told(stored.job.job_id, events.VideoJobCancelled)
    assert await sweeping.under_way(stored) == 0


@pytest.mark.parametrize(
    ("age", "state", "seconds_left", "under_way"),
    [
        (LEFT_ALONE * 2, None, 60, 0),
        (LEFT_ALONE / 2, None, 55, 1),
        (LEFT_ALONE * 2, State.PENDING, 55, 1),
        (LEFT_ALONE * 2, State.CANCELLED, 60, 0),
        (LEFT_ALONE * 2, State.SUCCEEDED, 55, 0),
    ],
)
async def test_what_is_reserved_for_no_job_that_is_under_way_is_settled(
    sweeping: Sweeping,
    video_nats_url: str,
    age: timedelta,
    state: State | None,
    seconds_left: int,
    under_way: int,
) -> None:
    stores, now = sweeping.behind.stores, datetime.now(UTC)
    user_id, job_id, reserved_at = uuid4().int >> 90, uuid4().hex, now - age
    js, settings = sweeping.behind.nats.js, video_settings(video_nats_url)
    limits = Limits(3, 60, settings.zone)
    then = Allowances(js, await js.key_value(BUCKET), limits, now=lambda: reserved_at)
    await then.reserve(user_id, job_id, 5)
    if state is not None:
        wanted = Specification("A cat", "model", 5, None)
        job = Job(job_id, Owner(user_id, user_id), wanted, now, now, state=state)
        await stores.jobs.create(job)
    await sweeping.reservations.sweep()
    allowance = await then.of(user_id)
    assert (allowance.seconds_left, allowance.under_way) == (seconds_left, under_way)
