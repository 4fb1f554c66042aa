import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from quartet.video.v1.video_desk_service_pb2_grpc import VideoDeskServiceStub
from quartet.video.v1.video_service_pb2_grpc import VideoServiceStub

from services.chassis import errors
from services.chassis.client import channel
from services.local.probes import HttpProbe
from tests.support.processes import RealProcess
from tests.support.video_service import BackRoom, VideoCaller, video_service, video_settings

MOMENTS = ("video.reserved", "video.created", "video.queued")


@asynccontextmanager
async def started(
    nats_url: str, folder: Path, failpoints: str
) -> AsyncIterator[tuple[RealProcess, VideoCaller]]:
    """Run the service as a process that comes back whenever it ends."""
    settings = video_settings(nats_url)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUNWAY", "GOOGLE_"))}
    variables = {
        "QUARTET_ENVIRONMENT": "test",
        "NATS_URL": nats_url,
        "RUNWAYML_BASE_URL": str(settings.runwayml_base_url),
        "VIDEO_STORE_BYTES": str(settings.video_store_bytes),
        "GRPC_PORT": str(settings.grpc_port),
        "METRICS_PORT": str(settings.metrics_port),
        "FAILPOINTS": failpoints,
    }
    probe = HttpProbe(f"http://127.0.0.1:{settings.metrics_port}/readyz")
    command = (sys.executable, "-m", "services.video")
    process = RealProcess("video", command, {**kept, **variables}, probe, folder / "video.log")
    process.restarts_automatically = True
    await process.start()
    try:
        async with channel(f"ipv4:127.0.0.1:{settings.grpc_port}") as opened:
            yield process, VideoCaller(VideoServiceStub(opened), settings, VideoDeskServiceStub(opened))
    finally:
        await process.stop()


async def is_one_job(video: VideoCaller, behind: BackRoom, job_id: str) -> bool:
    """Whether a user has this job alone, in the queue, and has paid for it once."""
    stored = await behind.stored(await video.get(job_id))
    listed, allowance = await video.listed(), await video.allowance()
    return (
        (listed.total_count, allowance.jobs_under_way, allowance.seconds_left) == (1, 1, 55)
    ) and await behind.stores.queue.holds(stored.job)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_an_order_that_broke_off_anywhere_is_one_job_when_it_comes_again(
    video_nats_url: str, behind: BackRoom, tmp_path: Path, moment: str
) -> None:
    before = await behind.queued_count()
    async with video_service(video_nats_url, failpoints=f"{moment}=error@{tmp_path / moment}") as video:
        with pytest.raises(errors.InternalError):
            await video.order(request_id=moment)
        confirmed = await video.order(request_id=moment)
        assert confirmed.replayed is (moment != "video.reserved")
        assert await is_one_job(video, behind, moment)
    assert await behind.queued_count() == before + 1


async def test_an_order_that_killed_its_service_is_one_job_when_it_comes_again(
    video_nats_url: str, behind: BackRoom, tmp_path: Path
) -> None:
    failpoints = f"video.created=kill@{tmp_path / 'fired'}"
    async with started(video_nats_url, tmp_path, failpoints) as (process, video):
        with pytest.raises(errors.ServiceUnavailable):
            await video.order(request_id="killed")
        await process.wait_until_ready()
        assert (await video.order(request_id="killed")).replayed
        assert await is_one_job(video, behind, "killed")
