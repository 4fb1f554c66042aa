import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from quartet.text.v1.text_service_pb2_grpc import TextServiceStub

from services.chassis import errors
from services.chassis.client import channel
from services.text.settings import TextSettings
from tests.support.openai import OpenAIStandIn
from tests.support.ports import free_port
from tests.support.text_service import TextCaller

START_SECONDS = 20.0


def environment(nats_url: str, vendor: OpenAIStandIn, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return {
        **kept,
        "QUARTET_ENVIRONMENT": "test",
        "NATS_URL": nats_url,
        "OPENAI_BASE_URL": vendor.base_url,
        "GRPC_PORT": str(free_port()),
        "METRICS_PORT": str(free_port()),
        **more,
    }


@asynccontextmanager
async def started(variables: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.text", env=variables, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


@asynccontextmanager
async def connected(variables: dict[str, str]) -> AsyncIterator[TextCaller]:
    settings = TextSettings(
        openai_base_url=variables["OPENAI_BASE_URL"],
        grpc_port=int(variables["GRPC_PORT"]),
        metrics_port=int(variables["METRICS_PORT"]),
    )
    async with channel(f"ipv4:127.0.0.1:{settings.grpc_port}") as opened:
        caller = TextCaller(TextServiceStub(opened), settings)
        async with asyncio.timeout(START_SECONDS):
            await caller.models()
        yield caller


async def test_a_process_killed_in_mid_answer_runs_the_turn_again_when_asked(
    nats_url: str, vendor: OpenAIStandIn, tmp_path: Path, conversation_id: str
) -> None:
    await vendor.pace(tokens_per_second=50)
    failpoint = f"text.mid_answer=kill@{tmp_path / 'fired'}"
    variables = environment(nats_url, vendor, FAILPOINTS=failpoint)
    async with started(variables) as process, connected(variables) as text:
        with pytest.raises(errors.ServiceUnavailable):
            await text.ask("t1", conversation_id=conversation_id)
        assert await process.wait() == -signal.SIGKILL
        async with started(variables):
            await text.models()
            reply = await text.ask("t1", conversation_id=conversation_id)
    assert reply.completed is not None
    assert not reply.completed.replayed
    assert "You wrote" in reply.text


async def test_without_a_vendor_the_process_refuses_to_start_and_says_what_to_set(
    nats_url: str, vendor: OpenAIStandIn
) -> None:
    variables = environment(nats_url, vendor, OPENAI_BASE_URL="", OPENAI_API_KEY="")
    async with started(variables) as process:
        _out, said = await process.communicate()
    assert process.returncode == 2
    assert "OPENAI_API_KEY" in said.decode()
    assert "OPENAI_BASE_URL" in said.decode()
