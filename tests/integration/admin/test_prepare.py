import asyncio
import os
import sys
from pathlib import Path
from typing import Final

from services.chassis.jetstream import connect
from tests.support.ports import free_port

REFUSED: Final = 2


async def _prepared(nats_url: str, folder: Path, **variables: str) -> tuple[int | None, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLICKHOUSE_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.admin.prepare"),
        env={
            **kept,
            "QUARTET_ENVIRONMENT": "test",
            "LOG_FORMAT": "json",
            "NATS_URL": nats_url,
            "ADMIN_DIRECTORY": str(folder / "admin"),
            **variables,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_a_release_is_prepared_once_and_again_without_harm(nats_url: str, tmp_path: Path) -> None:
    code, said = await _prepared(nats_url, tmp_path)
    assert code == 0, said
    assert '"migrations": [1, 2, 3' in said
    async with connect(nats_url, name="test") as nats:
        for stream in ("USAGE", "USAGE_DEAD", "PRIVACY"):
            assert (await nats.js.stream_info(stream)).config.name == stream

    code, said = await _prepared(nats_url, tmp_path)
    assert code == 0, said
    assert '"migrations": []' in said


async def test_a_server_that_is_away_ends_the_preparation_with_the_reason(
    nats_url: str, tmp_path: Path
) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    code, said = await _prepared(nats_url, tmp_path, CLICKHOUSE_URL=away)
    assert code == REFUSED
    assert "ClickHouse cannot be prepared" in said
