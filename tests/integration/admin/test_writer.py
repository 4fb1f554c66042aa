import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from services.admin.clickhouse import Database
from services.admin.metrics import AdminMetrics
from services.admin.usage.intake import Intake
from services.admin.usage.writer import Writer
from services.chassis.environment import Environment
from services.chassis.errors import ServiceUnavailable
from services.chassis.failpoints import FailpointReached, Failpoints
from services.chassis.jetstream import Nats
from services.chassis.usage import UsagePublisher
from tests.support.nats import NatsServer
from tests.support.usage_month import synthetic_month
from tests.support.usage_stream import dead_letters, publish, requests, until_all_is_settled


class Tables:
    """The real ones, and what may happen on the way to them: an entry of `weather` for each insert."""

    def __init__(self, database: Database, *weather: str) -> None:
        self._database = database
        self._weather = list(weather)
        self.rows_sent = 0
        self.was_down = asyncio.Event()

    async def insert(self, table: str, columns: Any, rows: Any, *, token: str) -> None:
        today = self._weather.pop(0) if self._weather else "fair"
        if today != "down":
            self.rows_sent += len(rows)
            await self._database.insert(table, columns, rows, token=token)
        if today != "fair":
            self.was_down.set()
            raise ServiceUnavailable(today)


def _writer(
    nats: Nats, tables: Any, *, rows: int = 1000, failpoints: str = "", ack_wait_seconds: float = 1.0
) -> Writer:
    intake = Intake(nats.js, max_messages=rows, max_seconds=0.1, ack_wait_seconds=ack_wait_seconds)
    metrics = AdminMetrics(CollectorRegistry())
    return Writer(nats.js, intake, tables, metrics, Failpoints(failpoints, Environment.TEST))


@asynccontextmanager
async def _writing(writer: Writer) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(writer.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def _sums(database: Database) -> tuple[Any, ...]:
    return (await database.query("SELECT count(), sum(cost_usd) FROM v_requests")).rows[0]


async def test_what_is_published_is_in_its_table_before_it_is_acknowledged(
    nats: Nats, usage: UsagePublisher, migrated: Database
) -> None:
    month = synthetic_month(60)
    await publish(usage, month.truth())
    async with _writing(_writer(nats, migrated)):
        await until_all_is_settled(nats)

    kinds: dict[str, list[Any]] = {
        "requests": month.requests,
        "model_calls": month.calls,
        "job_changes": month.jobs,
    }
    for table, events in {**kinds, "refusals": month.refusals, "feedback": month.feedback}.items():
        assert (await migrated.query(f"SELECT count() FROM v_{table}")).rows == [(len(events),)]
    assert await dead_letters(nats) == 0


async def test_batches_that_come_again_put_together_differently_double_no_sum(
    nats: Nats, usage: UsagePublisher, migrated: Database
) -> None:
    await publish(usage, requests(100))
    tables = Tables(migrated)
    # It dies between ClickHouse's confirmation and the acknowledgement, with batches of another size each.
    for rows in (7, 40, 64):
        dying = _writer(nats, tables, rows=rows, failpoints="usage.inserted=error")
        with pytest.raises(FailpointReached):
            await dying.run(asyncio.Event())

    async with _writing(_writer(nats, tables)):
        await until_all_is_settled(nats)

    assert tables.rows_sent > 100
    assert await _sums(migrated) == (100, Decimal("0.1"))


async def test_a_wait_that_ends_at_any_moment_is_only_an_empty_batch(
    nats: Nats, usage: UsagePublisher
) -> None:
    del usage  # makes the stream
    for tenths_of_a_millisecond in range(1, 100):
        seconds = tenths_of_a_millisecond / 10_000
        intake = Intake(nats.js, max_messages=10, max_seconds=seconds, ack_wait_seconds=1.0)
        assert await intake.gather(asyncio.Event()) == []
        await intake.aclose()


async def test_what_a_greater_version_says_counts_whenever_it_comes(
    nats: Nats, usage: UsagePublisher, migrated: Database
) -> None:
    newest, older = requests(10, cost_micros=5000), requests(10, cost_micros=1000)
    for event in newest:
        event.header.version = 2_000_000_000_000
    async with _writing(_writer(nats, migrated, rows=5)):
        await publish(usage, newest)
        await until_all_is_settled(nats)
        await publish(usage, older)
        await until_all_is_settled(nats)

    assert await _sums(migrated) == (10, Decimal("0.05"))


async def test_while_clickhouse_is_away_nothing_is_lost_and_an_answer_that_was_lost_doubles_nothing(
    nats: Nats, usage: UsagePublisher, migrated: Database
) -> None:
    tables = Tables(migrated, "down", "no answer")
    await publish(usage, requests(50))
    # So long that a busy machine does not bring messages again, in other company and under another token.
    async with _writing(_writer(nats, tables, ack_wait_seconds=30.0)):
        await until_all_is_settled(nats)

    # Some were sent again; how many depends on what came together.
    assert tables.rows_sent > 50
    # The token tells: not even the table behind the view has them twice.
    assert (await migrated.query("SELECT count() FROM requests")).rows == [(50,)]
    assert await _sums(migrated) == (50, Decimal("0.05"))


async def test_who_stops_while_clickhouse_is_away_gives_everything_back(
    nats: Nats, usage: UsagePublisher, migrated: Database
) -> None:
    await publish(usage, requests(20))
    tables = Tables(migrated, *["down"] * 100)
    async with _writing(_writer(nats, tables)):
        await tables.was_down.wait()
    async with _writing(_writer(nats, migrated)):
        await until_all_is_settled(nats)

    assert await _sums(migrated) == (20, Decimal("0.02"))


async def test_an_event_that_clickhouse_never_takes_is_buried_and_its_neighbours_are_written(
    nats: Nats, usage: UsagePublisher, migrated: Database
) -> None:
    dear = requests(1, cost_micros=10**12, prefix="dear")
    dearer = requests(1, cost_micros=2**63 - 1, prefix="dearer")
    await publish(usage, [*requests(40), *dear, *requests(40, prefix="more"), *dearer])
    async with _writing(_writer(nats, migrated)):
        await until_all_is_settled(nats)

    assert await _sums(migrated) == (80, Decimal("0.08"))
    assert await dead_letters(nats) == 2


async def test_what_is_no_usage_event_is_buried(
    nats: Nats, usage: UsagePublisher, migrated: Database
) -> None:
    await nats.js.publish("quartet.usage.request_finished", b"\xff\xff")
    timeless = requests(1)[0]
    timeless.header.ClearField("happen_time")
    await publish(usage, [timeless, *requests(3, prefix="good")])
    async with _writing(_writer(nats, migrated)):
        await until_all_is_settled(nats)

    assert (await _sums(migrated))[0] == 3
    assert await dead_letters(nats) == 2


async def test_a_store_that_is_killed_in_between_loses_nothing(
    nats: Nats, usage: UsagePublisher, migrated: Database, own_nats: NatsServer
) -> None:
    async with _writing(_writer(nats, migrated, rows=30)):
        await publish(usage, requests(100))
        await own_nats.kill_and_start()
        await publish(usage, requests(100, prefix="later"))
        await until_all_is_settled(nats)

    assert await _sums(migrated) == (200, Decimal("0.2"))
