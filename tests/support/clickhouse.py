import os
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry

from services.admin.clickhouse import Database, EmbeddedHome, Home, ServerHome, open_database
from services.admin.clickhouse.migrating import migrate
from services.admin.clickhouse.migration import shipped
from services.admin.metrics import AdminMetrics
from services.admin.usage.rollups import Rollups
from services.admin.usage.rows import row_of
from services.chassis.events import Event
from services.chassis.usage import UsageEvent

# Where this is set, a real server is asked instead of the embedded engine.
SERVER_URL: Final = "QUARTET_TEST_CLICKHOUSE_URL"
ROWS_AT_ONCE: Final = 5_000


def home(directory: Path) -> Home:
    """The ClickHouse that tests speak to."""
    url = os.environ.get(SERVER_URL)
    if url:
        user = os.environ.get("QUARTET_TEST_CLICKHOUSE_USER", "default")
        return ServerHome(url, user, os.environ.get("QUARTET_TEST_CLICKHOUSE_PASSWORD", ""))
    return EmbeddedHome(directory)


@asynccontextmanager
async def bare_database(directory: Path) -> AsyncIterator[Database]:
    """A database that nobody has used, without any tables."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    opened = open_database(
        home(directory), name, readers=2, question_seconds=30.0, question_bytes=1_500_000_000
    )
    async with opened as database:
        try:
            yield database
        finally:
            await database.command(f"DROP DATABASE IF EXISTS {name}", inside=False)


@asynccontextmanager
async def migrated_database(directory: Path) -> AsyncIterator[Database]:
    """A database with every table of this release."""
    async with bare_database(directory) as database:
        await migrate(database, shipped(), nullcontext())
        yield database


@asynccontextmanager
async def month_database(directory: Path, events: Iterable[UsageEvent]) -> AsyncIterator[Database]:
    """A database with what happened in it, summed up."""
    async with migrated_database(directory) as database:
        await insert_events(database, events)
        await Rollups(database, AdminMetrics(CollectorRegistry()), interval_seconds=1.0).sum_up()
        yield database


async def insert_events(database: Database, events: Iterable[UsageEvent]) -> None:
    """Write events as the writer does, without the stream."""
    now = datetime.now(UTC)
    by_table: dict[str, list[list[Any]]] = defaultdict(list)
    columns: dict[str, list[str]] = {}
    for event in events:
        row = row_of(Event(event.header.event_id, "test", "", now, event), now)
        columns[row.table] = list(row.columns)
        by_table[row.table].append(list(row.columns.values()))
    for table, rows in by_table.items():
        for begin in range(0, len(rows), ROWS_AT_ONCE):
            await database.insert(table, columns[table], rows[begin : begin + ROWS_AT_ONCE])
