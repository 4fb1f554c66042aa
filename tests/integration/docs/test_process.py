import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client
from quartet.docs.v1.document_service_pb2_grpc import DocumentServiceStub

from services.chassis.client import channel
from services.chassis.errors import ServiceUnavailable
from services.docs.settings import DocsSettings
from tests.support.docs_service import DocsCaller
from tests.support.ports import free_port


def environment(nats_url: str, directory: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "QUARTET_ENVIRONMENT": "test",
        "NATS_URL": nats_url,
        "DOCS_DIRECTORY": str(directory),
        "GRPC_PORT": str(free_port()),
        "METRICS_PORT": str(free_port()),
        **more,
    }


@asynccontextmanager
async def started(variables: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.docs", env=variables, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


@asynccontextmanager
async def connected(variables: dict[str, str]) -> AsyncIterator[DocsCaller]:
    settings = DocsSettings(
        grpc_port=int(variables["GRPC_PORT"]), metrics_port=int(variables["METRICS_PORT"])
    )
    async with channel(f"ipv4:127.0.0.1:{settings.grpc_port}") as opened:
        caller = DocsCaller(DocumentServiceStub(opened), settings).in_new_chat()
        await caller.listed(timeout=30.0)
        yield caller


async def count(nats_url: str, subject: str) -> int:
    client = Client()
    await client.connect(nats_url)
    info = await client.jetstream().stream_info("OBJ_documents", subjects_filter=subject)
    await client.close()
    return len(info.state.subjects or {})


async def test_a_kill_between_the_file_and_the_shelf_leaves_nothing_half(
    docs_nats_url: str, tmp_path: Path
) -> None:
    failpoint = f"docs.stored=kill@{tmp_path / 'fired'}"
    variables = environment(docs_nats_url, tmp_path / "inbox", FAILPOINTS=failpoint)
    content = "Срок аренды составляет один год.".encode()
    async with started(variables) as process, connected(variables) as docs:
        before = await count(docs_nats_url, "$O.documents.M.>")
        with pytest.raises(ServiceUnavailable):
            await docs.upload(content, "a.txt", "killed")
        assert await process.wait() == -signal.SIGKILL
        assert await count(docs_nats_url, "$O.documents.M.>") == before + 2
        async with started(variables):
            assert not (await docs.listed(timeout=30.0)).documents
            again = await docs.upload(content, "a.txt", "killed")
            assert again.progress
            assert await docs.titles() == ["a"]
            await docs.delete("killed")
