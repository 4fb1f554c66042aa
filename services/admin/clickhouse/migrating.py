import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

import structlog

from services.admin.clickhouse.database import Database
from services.admin.clickhouse.migration import Migration, Place, statements
from services.chassis.errors import StartupError

log = structlog.get_logger()

TABLE: Final = "schema_migrations"
DATABASE: Final = "CREATE DATABASE IF NOT EXISTS $database $on_cluster"
RECORDS: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations $on_cluster
(
    version     UInt32,
    name        String,
    checksum    String,
    duration_ms UInt32,
    applied_at  DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ${replicated}ReplacingMergeTree(applied_at)
ORDER BY version
"""
# A statement is over when every replica has done it.
ON_ALL_REPLICAS: Final = {"alter_sync": 2, "mutations_sync": 2}


class MigrationChanged(StartupError):
    """A migration is not what it was when it was done."""


async def migrate(
    database: Database, migrations: Sequence[Migration], lock: AbstractAsyncContextManager[None]
) -> list[Migration]:
    """Do what has not been done yet, one process at a time, and return that.

    A step that was broken off is done again: all statements bear that. Steps that only a newer release knows
    are left alone. Raises MigrationChanged, ServiceUnavailable, StatementRefused.
    """
    place = Place(database.name, database.home.cluster, database.home.is_server)
    async with lock:
        done = await _done(database, place)
        pending = [each for each in migrations if place.is_server or not each.is_for_servers]
        for migration in pending:
            known = done.get(migration.version, migration.checksum)
            if known != migration.checksum:
                raise MigrationChanged(
                    f"Migration {migration.version:04} ({migration.name}) was changed after it was done in "
                    f"database {database.name}: restore the file, and put the change into a new one."
                )
        pending = [each for each in pending if each.version not in done]
        for migration in pending:
            await _do(database, migration, place)
        return pending


async def _done(database: Database, place: Place) -> dict[int, str]:
    for inside, text in ((False, DATABASE), (True, RECORDS)):
        for statement in statements(text, place):
            await database.command(statement, inside=inside)
    answer = await database.query(f"SELECT version, checksum FROM {TABLE} FINAL")  # noqa: S608  # a constant
    return dict(answer.rows)


async def _do(database: Database, migration: Migration, place: Place) -> None:
    began = time.monotonic()
    for statement in migration.statements(place):
        await database.command(statement, settings=ON_ALL_REPLICAS)
    duration_ms = round((time.monotonic() - began) * 1000)
    row = (migration.version, migration.name, migration.checksum, duration_ms)
    await database.insert(TABLE, ("version", "name", "checksum", "duration_ms"), [row])
    log.info("migration_done", version=migration.version, name=migration.name, duration_ms=duration_ms)
