import asyncio
import sys
from pathlib import Path

import pytest

from services.chassis.errors import InvalidRequest, ResourceNotFound
from services.chassis.jetstream import Nats
from services.chassis.usage import UsagePublisher
from tests.support.admin_service import admin_process
from tests.support.nats import NatsServer
from tests.support.ports import free_port
from tests.support.usage_month import END
from tests.support.usage_stream import dead_letters, publish, requests, until_all_is_settled


async def test_a_writer_that_is_killed_at_every_step_loses_nothing_and_doubles_nothing(
    own_nats: NatsServer, nats: Nats, usage: UsagePublisher, tmp_path: Path
) -> None:
    failpoints = ";".join(f"usage.{step}=kill@{tmp_path / step}" for step in ("before_insert", "inserted"))
    await publish(usage, requests(400))
    variables = {"FAILPOINTS": failpoints, "USAGE_BATCH_ROWS": "300"}
    async with admin_process(own_nats.url, tmp_path, **variables) as admin:
        await publish(usage, requests(400, prefix="second"))
        # Wherever it is by now.
        await admin.process.kill()
        await publish(usage, requests(400, prefix="third"))
        await until_all_is_settled(nats)

        assert (tmp_path / "before_insert").exists()
        assert (tmp_path / "inserted").exists()
        volume = {row["kind"]: row for row in await admin.ask("29_volume")}

    assert volume["requests"] == {"kind": "requests", "rows": 1200, "usd": pytest.approx(1.2)}
    assert await dead_letters(nats) == 0


async def test_whoever_asks_gets_the_questions_and_their_answers(
    own_nats: NatsServer, nats: Nats, usage: UsagePublisher, tmp_path: Path
) -> None:
    async with admin_process(own_nats.url, tmp_path) as admin:
        questions = await admin.questions()
        assert len(questions) >= 22
        assert all(question.title and question.answers and question.sql for question in questions)

        await publish(usage, requests(30))
        await until_all_is_settled(nats)
        traffic = await admin.ask("01_traffic")
        assert sum(row["requests"] for row in traffic) == 30
        assert {(row["service"], row["success_rate"]) for row in traffic} == {("text", 1.0)}
        with pytest.raises(ResourceNotFound):
            await admin.ask("nobody_asked")
        with pytest.raises(InvalidRequest):
            await admin.ask("01_traffic", END, END)

        second = await _start_beside(admin.process.environment)
        assert "is for one" in second


async def _start_beside(environment: dict[str, str]) -> str:
    ports = {name: str(free_port()) for name in ("GRPC_PORT", "METRICS_PORT", "PANEL_PORT")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.admin"),
        env={**environment, **ports},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    _, told = await process.communicate()
    assert process.returncode == 2
    return told.decode()
