import asyncio
from pathlib import Path

from quartet.video.v1 import video_events_pb2 as pb

from services.chassis import errors
from services.video.job import State
from tests.support.nats import NatsServer
from tests.support.video_work import Bench
from tests.support.video_workers import Runway, process, working

AFTER_THE_RECORD = (
    "video.running_stored",
    "video.downloaded",
    "video.kept_unrecorded",
    "video.ended_unannounced",
    "video.announced_unacked",
)


async def test_a_job_outlives_a_death_at_each_step_and_is_made_once(
    desk: Bench, server: NatsServer, vendor: Runway, tmp_path: Path
) -> None:
    failpoints = ";".join(f"{point}=kill@{tmp_path / point}" for point in AFTER_THE_RECORD)
    workers = [process(f"worker-{n}", server.url, vendor, tmp_path, failpoints=failpoints) for n in range(2)]
    try:
        for worker in workers:
            worker.restarts_automatically = True
            await worker.start(until_ready=False)
        stored = await desk.order()
        await desk.until_told(stored, pb.VideoJobSucceeded)
        await desk.until_out_of_the_queue(stored)
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))
    assert [point for point in AFTER_THE_RECORD if not (tmp_path / point).exists()] == []
    assert [task["status"] for task in await vendor.tasks()] == ["SUCCEEDED"]
    film = (await desk.now(stored)).film
    assert film is not None
    assert len(await desk.stores.vault.read(film.display)) == film.display.size_bytes
    assert await desk.seconds_left(stored) == 55


async def test_after_a_death_between_asking_and_writing_down_nobody_asks_again(
    desk: Bench, server: NatsServer, vendor: Runway, tmp_path: Path
) -> None:
    edges = {"before the vendor": "video.submitting_stored", "after it": "video.submitted_unrecorded"}
    failpoints = ";".join(f"{point}=kill@{tmp_path / point}" for point in edges.values())
    dying = process("dying", server.url, vendor, tmp_path, failpoints=failpoints)
    orders = []
    try:
        for prompt in edges:
            await dying.start(until_ready=False)
            orders.append(await desk.order(prompt))
            await dying.wait_until_ended()
        async with working(server.url, vendor):
            for stored in orders:
                await desk.until_told(stored, pb.VideoJobTroubled)
    finally:
        await dying.stop()
    for stored in orders:
        failure = (await desk.now(stored)).failure
        assert failure is not None
        assert failure.reason == errors.SubmissionUnknown.reason
        assert await desk.seconds_left(stored) == 60
    assert [task["prompt"] for task in await vendor.tasks()] == ["after it"]


async def test_a_worker_that_is_told_to_stop_hands_its_jobs_over_at_once(
    desk: Bench, server: NatsServer, vendor: Runway, tmp_path: Path
) -> None:
    await vendor.pace(film_seconds=600)
    slow = {"VIDEO_TAKEOVER_SECONDS": "300"}
    stopping = process("stopping", server.url, vendor, tmp_path, **slow)
    await stopping.start(until_ready=False)
    try:
        stored = await desk.order()
        await desk.until_told(stored, pb.VideoJobProgressed)
    finally:
        await stopping.terminate()
    await desk.cancel(stored)
    async with working(server.url, vendor, video_takeover_seconds=300.0):
        await desk.until_told(stored, pb.VideoJobCancelled)
    assert [task["status"] for task in await vendor.tasks()] == ["CANCELLED"]


async def test_a_worker_that_stood_still_does_nothing_twice(
    desk: Bench, server: NatsServer, vendor: Runway, tmp_path: Path
) -> None:
    await vendor.pace(film_seconds=1)
    still = process("still", server.url, vendor, tmp_path)
    await still.start(until_ready=False)
    try:
        stored = await desk.order()
        await desk.until_told(stored, pb.VideoJobProgressed)
        still.pause()
        async with working(server.url, vendor):
            await desk.until_told(stored, pb.VideoJobSucceeded)
        ended = await desk.now(stored)
        still.resume()
        # It still does what comes next, and so has come to itself.
        following = await desk.order("Another cat")
        await desk.until_told(following, pb.VideoJobSucceeded)
    finally:
        await still.stop()
    assert len(await vendor.tasks()) == 2
    assert await desk.now(stored) == ended
    assert ended.state is State.SUCCEEDED
