import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry

from services.admin.clickhouse import Database
from services.admin.metrics import AdminMetrics
from services.admin.usage.intake import Intake, ensure_dead_letters
from services.admin.usage.rollups import Rollups
from services.admin.usage.writer import Writer
from services.chassis.environment import Environment
from services.chassis.events import Publisher
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats, connect
from services.chassis.usage import UsagePublisher, ensure_usage_stream
from services.chassis.usage.publisher import UsageMetrics
from tests.load.figures import Figures, percentile, rounded
from tests.load.progress import tell, warn_if_busy
from tests.load.usage_asking import asking
from tests.load.usage_rows import bytes_per_row, fill
from tests.support.admin_service import admin_process
from tests.support.clickhouse import migrated_database
from tests.support.nats import nats_server
from tests.support.usage_month import synthetic_month
from tests.support.usage_stream import publish, requests, until_all_is_settled

WAITING_EVENTS: Final = 30_000
PUBLISHED_AT_ONCE: Final = 500
EVENTS_PER_SECOND: Final = 1000
RATE_SECONDS: Final = 20
ROWS: Final = 10_000_000
KILL_RUNS: Final = 10
KILLED_EVENTS: Final = 3000
KILLS: Final = 3


class Tables:
    """The real ones, and how late each row was there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lags_seconds: list[float | None] = []

    async def insert(self, table: str, columns: Any, rows: Sequence[Any], *, token: str) -> None:
        await self._database.insert(table, columns, rows, token=token)
        now, place = datetime.now(UTC), columns.index("ts")
        self.lags_seconds += [(now - row[place]).total_seconds() for row in rows]


async def analytics(directory: Path) -> Figures:
    """How fast usage events are written, how late they are at 1,000 a second, how fast 10 M rows answer."""
    figures: Figures = {}
    with nats_server(directory) as server:
        async with (
            connect(server.url, name="load") as nats,
            migrated_database(directory / "clickhouse") as database,
        ):
            await ensure_usage_stream(nats.js, replicas=1)
            await ensure_dead_letters(nats.js, replicas=1)
            figures |= await _writing(nats, database)
    async with migrated_database(directory / "year") as database:
        figures |= await _asking(database)
    return figures


async def analytics_kills(directory: Path) -> Figures:
    """Rows lost and doubled over ten runs in which the writer is killed three times at any moment."""
    lost = doubled = 0
    for run in range(KILL_RUNS):
        folder = directory / str(run)
        folder.mkdir()
        with nats_server(folder) as server:
            async with connect(server.url, name="load") as nats:
                await ensure_usage_stream(nats.js, replicas=1)
                async with admin_process(server.url, folder) as admin:
                    publishing = asyncio.create_task(publish(_publisher(nats), requests(KILLED_EVENTS)))
                    for kill in range(KILLS):
                        # Another moment of the writer's life in each run.
                        await asyncio.sleep(0.07 * (run + 1) + 0.1 * kill)
                        await admin.process.kill()
                        await admin.process.wait_until_ready()
                    await publishing
                    await until_all_is_settled(nats)
                    (volume,) = (row for row in await admin.ask("29_volume") if row["kind"] == "requests")
        difference = round(volume["usd"] * 1000) - KILLED_EVENTS
        lost, doubled = lost + max(0, -difference), doubled + max(0, difference)
        tell(f"run {run + 1}: {volume}")
    return {"runs": KILL_RUNS, "events": KILL_RUNS * KILLED_EVENTS, "lost": lost, "doubled": doubled}


async def _writing(nats: Nats, database: Database) -> Figures:
    usage, tables, stop = _publisher(nats), Tables(database), asyncio.Event()
    events = list(synthetic_month(WAITING_EVENTS // 2).truth())
    for begin in range(0, len(events), PUBLISHED_AT_ONCE):
        await publish(usage, events[begin : begin + PUBLISHED_AT_ONCE])
    tell(f"{len(events):,} events wait")
    warn_if_busy()
    intake = Intake(nats.js, max_messages=1000, max_seconds=1.0, ack_wait_seconds=30.0)
    failpoints = Failpoints("", Environment.TEST)
    writer = Writer(nats.js, intake, tables, AdminMetrics(CollectorRegistry()), failpoints)
    began = time.monotonic()
    writing = asyncio.create_task(writer.run(stop))
    await until_all_is_settled(nats)
    events_per_second = len(events) / (time.monotonic() - began)
    tables.lags_seconds.clear()
    await _publish_at_a_rate(usage)
    await until_all_is_settled(nats)
    stop.set()
    await writing
    return {
        "events_per_second": round(events_per_second),
        "lag_at_1000_per_second_p50_s": rounded(percentile(tables.lags_seconds, 50)),
        "lag_at_1000_per_second_p99_s": rounded(percentile(tables.lags_seconds, 99)),
    }


async def _publish_at_a_rate(usage: UsagePublisher) -> None:
    began, at_once = time.monotonic(), EVENTS_PER_SECOND // 10
    async with asyncio.TaskGroup() as group:
        for number in range(RATE_SECONDS * 10):
            await asyncio.sleep(max(0.0, began + number / 10 - time.monotonic()))
            batch = requests(at_once, prefix=f"rate.{number}")
            for event in batch:
                event.header.happen_time.FromDatetime(datetime.now(UTC))
            group.create_task(publish(usage, batch))


async def _asking(database: Database) -> Figures:
    began = time.monotonic()
    await fill(database, ROWS)
    filled = time.monotonic()
    await Rollups(database, AdminMetrics(CollectorRegistry()), interval_seconds=1.0).sum_up()
    tell(f"filled in {filled - began:.0f} s, summed up in {time.monotonic() - filled:.0f} s")
    warn_if_busy()
    return {"rows": ROWS, **await asking(database), "bytes_per_row": await bytes_per_row(database)}


def _publisher(nats: Nats) -> UsagePublisher:
    publisher = Publisher(nats.js, source="/quartet/load")
    return UsagePublisher(publisher, UsageMetrics(CollectorRegistry()), environment="production", release="")
