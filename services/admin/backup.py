"""Copies what happened out of ClickHouse and back, in either home."""

import argparse
import asyncio
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

from clickhouse_connect.driver.client import Client

from services.admin.app import clickhouse_of
from services.admin.clickhouse import migration
from services.admin.clickhouse.homes import home_of
from services.admin.clickhouse.migrating import TABLE as MIGRATIONS
from services.admin.clickhouse.migrating import migrate
from services.admin.settings import AdminSettings
from services.chassis.errors import QuartetError, StartupError
from services.chassis.settings import load

SLICE_ROWS: Final = 500_000
"""So many rows at most are in memory at once."""
MANIFEST: Final = "manifest.json"
COPIED_BYTES: Final = 1024 * 1024

TABLES: Final = f"""
SELECT name FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != '{MIGRATIONS}' ORDER BY name
"""  # noqa: S608  # constants


class CopyDamaged(StartupError):
    """A copy is not whole, or not as it was written."""


def save(client: Client, folder: Path) -> dict[str, int]:
    """Write every table into `folder` as Parquet. Return about how many rows each has.

    The manifest comes last: without it nothing is a copy.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows, checksums = {}, {}
    for (table,) in client.query(TABLES).result_rows:
        partitions = client.query(
            f"SELECT _partition_id, count() FROM {table} GROUP BY _partition_id ORDER BY _partition_id"  # noqa: S608
        ).result_rows
        rows[table] = sum(count for _, count in partitions)
        for name, where in _slices(partitions):
            file = folder / f"{table}.{name}.parquet"
            _write(client, f"SELECT * FROM {table} WHERE {where}", file)  # noqa: S608  # our own tables
            checksums[file.name] = _checksum(file)
    part = folder / f"{MANIFEST}.part"
    part.write_text(json.dumps({"rows": rows, "checksums": checksums}, indent=1))
    part.replace(folder / MANIFEST)
    return rows


def restore(client: Client, folder: Path) -> dict[str, int]:
    """Insert what a copy holds into the tables, which must be there; what they have already stays one row.

    Return the rows of each table in the copy. Raises CopyDamaged before anything is inserted.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise CopyDamaged(f"{folder} holds no whole copy: {MANIFEST} cannot be read.") from error
    for name, checksum in manifest["checksums"].items():
        file = folder / name
        if not file.is_file() or _checksum(file) != checksum:
            raise CopyDamaged(f"{file} is missing or not as it was written.")
    for name in manifest["checksums"]:
        with (folder / name).open("rb") as source:
            client.raw_insert(name.partition(".")[0], insert_block=source, fmt="Parquet")
    rows: dict[str, int] = manifest["rows"]
    return rows


def _slices(partitions: Sequence[Sequence[Any]]) -> Iterator[tuple[str, str]]:
    """Name and condition of each part of a table. By a hash, because merges move rows while one reads."""
    for partition, count in partitions:
        slices = -(-count // SLICE_ROWS)
        for number in range(slices):
            yield (
                f"{partition}.{number}",
                f"_partition_id = '{partition}' AND cityHash64(*) % {slices} = {number}",
            )


def _write(client: Client, query: str, file: Path) -> None:
    with client.raw_stream(query, fmt="Parquet") as source, file.open("wb") as target:
        while chunk := source.read(COPIED_BYTES):
            target.write(chunk)


def _checksum(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


async def main(command: str, folder: Path, settings: AdminSettings) -> dict[str, int]:
    """Do what was asked for. Raises StartupError, ServiceUnavailable, StatementRefused."""
    async with clickhouse_of(settings) as database:
        # Also before saving: then the directory is known to be one of ours.
        await migrate(database, migration.shipped(), nullcontext())
        client = home_of(settings).open()
        client.database = settings.clickhouse_database
        try:
            return await asyncio.to_thread(save if command == "save" else restore, client, folder)
        finally:
            client.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m services.admin.backup", description=__doc__)
    parser.add_argument("command", choices=("save", "restore"))
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    try:
        done = asyncio.run(main(asked.command, asked.folder, load(AdminSettings)))
    except (QuartetError, StartupError) as failure:
        sys.exit(f"Nothing was {asked.command}d. {failure}")
    sys.stdout.write(f"{asked.command}d: {', '.join(f'{table} {rows}' for table, rows in done.items())}\n")
