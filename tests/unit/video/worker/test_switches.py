from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.chassis.errors import QuartetError
from services.chassis.jetstream import connect, ensure_bucket
from services.chassis.switches import switches_bucket
from services.video.job import State
from tests.support.nats import NatsServer, nats_server
from tests.support.video_work import bench, work_of


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as server:
        yield server


async def _switch_off(server: NatsServer, *names: str) -> None:
    async with connect(server.url, name="admin") as nats:
        bucket = await ensure_bucket(nats.js, switches_bucket(1))
        for name in names:
            await bucket.put(f"off.{name}", b"off")


async def test_the_next_vendor_gets_the_orders_of_one_that_is_off(server: NatsServer) -> None:
    await _switch_off(server, "runway")
    async with bench(server.url) as desk:
        stored = await desk.job()
        await (await desk.worker()).handle(work_of(stored))
        assert not desk.runway.orders
        assert len(desk.google.tasks) == 1


async def test_a_job_waits_where_every_vendor_is_off(server: NatsServer) -> None:
    await _switch_off(server, "runway", "google")
    async with bench(server.url) as desk:
        stored = await desk.job()
        worker = await desk.worker()
        with pytest.raises(QuartetError) as told:
            await worker.handle(work_of(stored))
        assert told.value.retryable
        job = await desk.now(stored)
        assert job.state is State.PENDING
        assert job.not_before is not None
        assert job.not_before > datetime.now(UTC)
        assert not desk.runway.orders + desk.google.orders
