import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from services.admin.clickhouse import Database, EmbeddedHome, StatementRefused, open_database
from services.admin.clickhouse.migrating import MigrationChanged, migrate
from services.admin.clickhouse.migration import Migration, Place, shipped
from services.admin.locks import Lock, open_locks
from services.chassis.errors import ServiceUnavailable, StartupError
from services.chassis.jetstream import connect
from tests.support.clickhouse import bare_database, insert_events
from tests.support.usage_month import synthetic_month

NEWER = Migration(
    9001, "from_the_next_release", False, "ALTER TABLE requests ADD COLUMN IF NOT EXISTS x Int8;"
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with bare_database(tmp_path) as opened:
        yield opened


async def test_what_is_done_is_not_done_again(database: Database) -> None:
    done = await migrate(database, shipped(), nullcontext())
    again = await migrate(database, shipped(), nullcontext())

    assert [each.version for each in done if not each.is_for_servers][:3] == [1, 2, 3]
    assert again == []


async def test_a_step_that_was_broken_off_is_done_to_its_end(database: Database) -> None:
    half = replace(shipped()[0], text=shipped()[0].text + "\nCREATE TABLE nonsense;")
    with pytest.raises(StatementRefused):
        await migrate(database, [half], nullcontext())

    await migrate(database, shipped(), nullcontext())

    assert (await database.query("SELECT count() FROM v_requests")).rows == [(0,)]


async def test_a_step_that_was_changed_afterwards_is_refused(database: Database) -> None:
    await migrate(database, shipped(), nullcontext())
    changed = replace(shipped()[0], text=shipped()[0].text + "\n-- better")

    with pytest.raises(MigrationChanged, match="0001"):
        await migrate(database, [changed], nullcontext())


async def test_a_release_works_on_the_schema_of_the_next_one(database: Database) -> None:
    await migrate(database, [*shipped(), NEWER], nullcontext())

    # This release again, after a rollback.
    assert await migrate(database, shipped(), nullcontext()) == []
    await insert_events(database, synthetic_month(20).requests)
    assert (await database.query("SELECT count() FROM v_requests")).rows == [(20,)]


async def test_two_replicas_do_each_step_once(database: Database, nats_url: str) -> None:
    async with connect(nats_url, name="test") as nats:
        locks = await open_locks(nats, replicas=1)
        done = await asyncio.gather(
            *(migrate(database, shipped(), Lock(locks, f"migrate.{database.name}")) for _ in range(3))
        )

    assert sorted(map(bool, done)) == [False, False, True]


async def test_who_waits_too_long_for_a_lock_is_told(nats_url: str) -> None:
    async with connect(nats_url, name="test") as nats:
        locks = await open_locks(nats, replicas=1)
        async with Lock(locks, "held"):
            with pytest.raises(ServiceUnavailable):
                async with Lock(locks, "held", patience_seconds=0.2):
                    pass
        async with Lock(locks, "held", patience_seconds=0.2):
            pass


async def test_the_statements_for_servers_can_be_read(database: Database) -> None:
    # The embedded engine has no roles to grant anything to, but it knows how they are granted.
    await migrate(database, [], nullcontext())
    (access,) = (each for each in shipped() if each.is_for_servers)
    for cluster in ("", "main"):
        for statement in access.statements(Place("quartet", cluster, is_server=True)):
            await database.query("SELECT formatQuery({statement:String})", {"statement": statement})


async def test_a_directory_is_for_one_process(tmp_path: Path) -> None:
    home = EmbeddedHome(tmp_path / "held")
    with home.held(), pytest.raises(StartupError, match="Another process keeps ClickHouse"):
        async with open_database(home, "x", readers=1, question_seconds=1, question_bytes=100_000_000):
            pass
