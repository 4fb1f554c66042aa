from contextlib import nullcontext
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from services.admin import backup
from services.admin.app import clickhouse_of
from services.admin.clickhouse import migration
from services.admin.clickhouse.migrating import migrate
from services.admin.settings import AdminSettings
from tests.support.clickhouse import insert_events
from tests.support.usage_stream import requests

REQUESTS: Final = 200
FIGURES: Final = "SELECT count(), sum(cityHash64(*)) FROM requests FINAL"


def admin_at(directory: Path) -> AdminSettings:
    return AdminSettings.model_validate(
        {"environment": "test", "admin_directory": directory, "panel_secret": SecretStr("p" * 40)}
    )


async def figures(settings: AdminSettings) -> tuple[object, ...]:
    async with clickhouse_of(settings) as database:
        (row,) = (await database.query(FIGURES)).rows
        return tuple(row)


@pytest.fixture
async def kept(tmp_path: Path) -> AdminSettings:
    """A ClickHouse in which something has happened."""
    settings = admin_at(tmp_path / "admin")
    async with clickhouse_of(settings) as database:
        await migrate(database, migration.shipped(), nullcontext())
        await insert_events(database, requests(REQUESTS))
    return settings


async def test_what_happened_is_had_again_from_a_copy_once_however_often(
    kept: AdminSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "SLICE_ROWS", 64)
    before = await figures(kept)
    saved = await backup.main("save", tmp_path / "copy", kept)
    assert saved["requests"] == REQUESTS
    assert len(list((tmp_path / "copy").glob("requests.*.parquet"))) > 1

    lost = admin_at(tmp_path / "new")
    for _ in range(2):
        assert (await backup.main("restore", tmp_path / "copy", lost))["requests"] == REQUESTS
        assert await figures(lost) == before
    assert before[0] == REQUESTS


async def test_a_copy_that_was_cut_off_is_refused_before_anything_is_restored(
    kept: AdminSettings, tmp_path: Path
) -> None:
    copy, lost = tmp_path / "copy", admin_at(tmp_path / "new")
    await backup.main("save", copy, kept)
    file = next(copy.glob("requests.*.parquet"))
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(backup.CopyDamaged, match="not as it was written"):
        await backup.main("restore", copy, lost)
    (copy / backup.MANIFEST).unlink()
    with pytest.raises(backup.CopyDamaged, match="no whole copy"):
        await backup.main("restore", copy, lost)
    assert (await figures(lost))[0] == 0
