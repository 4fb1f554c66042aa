from dataclasses import replace

import pytest
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.usage_events_pb2 import JobChanged, JobStep, ModelCalled, UsageOutcome
from quartet.video.v1 import video_events_pb2 as pb

from services.chassis.errors import ContentRejected, ProviderUnavailable, ServiceUnavailable
from services.chassis.jetstream import connect
from services.chassis.usage import request_id
from tests.support.nats import NatsServer
from tests.support.usage_taken import taking_usage
from tests.support.video_work import Bench, work_of
from tests.support.video_workers import Runway, working


def _steps(taken: list[JobChanged]) -> list[str]:
    return [JobStep.Name(each.step).removeprefix("JOB_STEP_") for each in taken]


async def test_a_job_is_counted_with_its_steps_and_what_it_cost(
    desk: Bench, server: NatsServer, vendor: Runway
) -> None:
    async with connect(server.url, name="analyst") as nats, taking_usage(nats) as taken:
        stored = await desk.order()
        async with working(server.url, vendor):
            await desk.until_told(stored, pb.VideoJobSucceeded)
            steps = await taken.until(JobChanged, 3)
        (call,) = taken.of(ModelCalled)

    job = await desk.now(stored)
    assert _steps(steps) == ["QUEUED", "STARTED", "SUCCEEDED"]
    assert {*(each.request_id for each in steps), call.request_id} == {request_id(job.job_id)}
    assert job.film is not None
    assert steps[-1].size_bytes == job.film.original.size_bytes
    assert (call.provider, call.model) == ("runway", job.model)
    assert (call.outcome, call.cost_micros, call.unit) == (UsageOutcome.USAGE_OUTCOME_OK, 600_000, "second")
    assert call.unit_count > 4


async def test_what_no_vendor_takes_is_counted_as_tried_again_and_as_failed(
    desk: Bench, server: NatsServer
) -> None:
    desk.runway.answers.extend([ProviderUnavailable(retry_after_seconds=30), ContentRejected()])
    desk.google.answers.append(ProviderUnavailable())
    async with connect(server.url, name="analyst") as nats, taking_usage(nats) as taken:
        stored, worker = await desk.job(), await desk.worker()
        with pytest.raises(ServiceUnavailable):
            await worker.handle(work_of(stored))
        await desk.change(stored, lambda job: replace(job, not_before=None))
        await worker.handle(work_of(stored, deliveries=2))
        steps = await taken.until(JobChanged, 3)
        calls = await taken.until(ModelCalled, 3)

    assert _steps(steps) == ["QUEUED", "RETRYING", "FAILED"]
    assert [(each.provider, ErrorReason.Name(each.error_reason)) for each in calls] == [
        ("runway", "ERROR_REASON_PROVIDER_UNAVAILABLE"),
        ("google", "ERROR_REASON_PROVIDER_UNAVAILABLE"),
        ("runway", "ERROR_REASON_CONTENT_REJECTED"),
    ]


async def test_what_is_told_again_after_a_death_is_the_same_rows_and_keeps_what_only_the_first_knew(
    desk: Bench, server: NatsServer
) -> None:
    desk.runway.answers.append(ContentRejected())
    async with connect(server.url, name="analyst") as nats, taking_usage(nats) as taken:
        stored, worker = await desk.job(), await desk.worker()
        desk.stores.chronicle.ordered(stored.job, 7)
        for deliveries in (1, 2, 3):
            await worker.handle(work_of(stored, deliveries=deliveries))
        steps = await taken.until(JobChanged, 2)

    assert _steps(steps) == ["QUEUED", "FAILED"]
    assert steps[0].queue_depth == 7
