from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.nats import NatsServer, nats_server
from tests.support.video_work import Bench, bench
from tests.support.video_workers import Runway, runway


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as server:
        yield server


@pytest.fixture
async def desk(server: NatsServer) -> AsyncIterator[Bench]:
    async with bench(server.url) as opened:
        yield opened


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Runway]:
    async with runway(tmp_path / "runway") as vendor:
        yield vendor
