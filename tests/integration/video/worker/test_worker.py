import asyncio
import io

import pytest
from PIL import Image
from quartet.video.v1 import video_events_pb2 as pb

from services.chassis import errors
from services.sandbox.vendor.faults import FaultKind
from services.video.job import State
from tests.support.nats import NatsServer
from tests.support.video_work import Bench
from tests.support.video_workers import Runway, working


async def test_an_order_becomes_a_film_that_is_kept_and_told_of(
    desk: Bench, server: NatsServer, vendor: Runway
) -> None:
    stored = await desk.order()
    async with working(server.url, vendor):
        told = await desk.until_told(stored, pb.VideoJobSucceeded)
    job = await desk.now(stored)
    assert job.film is not None
    assert (await desk.stores.vault.read(job.film.thumbnail))[:3] == b"\xff\xd8\xff"
    assert (job.film.width_pixels, job.film.height_pixels) == (1280, 720)
    assert told.job.result.display_size_bytes == job.film.display.size_bytes
    assert job.film.cost_micros == 600_000
    assert not await desk.stores.queue.holds(job)
    assert len(await vendor.tasks()) == 1


async def test_a_picture_is_set_in_motion(desk: Bench, server: NatsServer, vendor: Runway) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (360, 640), "teal").save(picture, "JPEG")
    frame = await desk.stores.vault.put("job", "frame", picture.getvalue(), "image/jpeg")
    stored = await desk.order("Waves", first_frame=frame, aspect_ratio=None)
    async with working(server.url, vendor):
        result = (await desk.until_told(stored, pb.VideoJobSucceeded)).job.result
    assert (result.width_pixels, result.height_pixels) == (720, 1280)
    assert [task["kind"] for task in await vendor.tasks()] == ["image_to_video"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (FaultKind.MODERATION, errors.ContentRejected),
        (FaultKind.GARBAGE, errors.ProviderInterrupted),
        (FaultKind.CUT_MID_STREAM, errors.SubmissionUnknown),
        (FaultKind.OUT_OF_FUNDS, errors.ProviderOutOfFunds),
    ],
)
async def test_what_goes_wrong_at_the_vendors_ends_the_job_and_costs_the_user_nothing(
    desk: Bench, server: NatsServer, vendor: Runway, fault: FaultKind, expected: type[errors.QuartetError]
) -> None:
    await vendor.fail(fault)
    stored = await desk.order()
    async with working(server.url, vendor):
        await desk.until_told(stored, pb.VideoJobFailed)
    failure = (await desk.now(stored)).failure
    assert failure is not None
    assert failure.reason == expected.reason
    assert await desk.seconds_left(stored) == 60
    assert len(await vendor.tasks()) == (0 if fault is FaultKind.OUT_OF_FUNDS else 1)


async def test_a_cancellation_reaches_the_vendor(desk: Bench, server: NatsServer, vendor: Runway) -> None:
    await vendor.pace(film_seconds=600)
    stored = await desk.order()
    async with working(server.url, vendor, video_poll_seconds=60):
        await desk.until_told(stored, pb.VideoJobProgressed)
        await desk.cancel(stored)
        await desk.until_told(stored, pb.VideoJobCancelled)
    assert [task["status"] for task in await vendor.tasks()] == ["CANCELLED"]


async def test_an_outage_of_the_queue_and_the_store_only_delays(
    desk: Bench, server: NatsServer, vendor: Runway
) -> None:
    await vendor.pace(film_seconds=1)
    orders = [await desk.order(f"Take {number}") for number in range(4)]
    async with working(server.url, vendor):
        await desk.until_told(orders[-1], pb.VideoJobProgressed)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(0.5)  # an outage has a length
        await asyncio.to_thread(server.start)
        for stored in orders:
            await desk.until_told(stored, pb.VideoJobSucceeded)
    assert len(await vendor.tasks()) == 4
    assert {(await desk.now(stored)).state for stored in orders} == {State.SUCCEEDED}
