from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from services.admin.clickhouse import Database
from services.admin.usage.intake import ensure_dead_letters
from services.chassis.events import Publisher
from services.chassis.jetstream import Nats, connect
from services.chassis.usage import UsagePublisher, ensure_usage_stream
from services.chassis.usage.publisher import UsageMetrics
from tests.support.clickhouse import migrated_database
from tests.support.nats import NatsServer, nats_server


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[NatsServer]:
    """A server of its own: the stream's name is the same for all."""
    with nats_server(tmp_path) as server:
        yield server


@pytest.fixture
async def nats(own_nats: NatsServer) -> AsyncIterator[Nats]:
    async with connect(own_nats.url, name="test") as opened:
        await ensure_usage_stream(opened.js, replicas=1)
        await ensure_dead_letters(opened.js, replicas=1)
        yield opened


@pytest.fixture
def usage(nats: Nats) -> UsagePublisher:
    publisher = Publisher(nats.js, source="/quartet/test")
    return UsagePublisher(publisher, UsageMetrics(CollectorRegistry()), environment="test", release="v1")


@pytest.fixture
async def migrated(tmp_path: Path) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path / "clickhouse") as opened:
        yield opened
