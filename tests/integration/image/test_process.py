import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from quartet.image.v1.image_service_pb2_grpc import ImageServiceStub

from services.chassis import errors
from services.chassis.client import channel
from services.image.settings import ImageSettings
from tests.support.image_service import ImageCaller
from tests.support.openai import OpenAIStandIn
from tests.support.ports import free_port


def environment(nats_url: str, vendor: OpenAIStandIn, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "GOOGLE_"))}
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
        sys.executable, "-m", "services.image", env=variables, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


@asynccontextmanager
async def connected(variables: dict[str, str]) -> AsyncIterator[ImageCaller]:
    settings = ImageSettings(
        openai_base_url=variables["OPENAI_BASE_URL"],
        grpc_port=int(variables["GRPC_PORT"]),
        metrics_port=int(variables["METRICS_PORT"]),
    )
    async with channel(f"ipv4:127.0.0.1:{settings.grpc_port}") as opened:
        yield ImageCaller(ImageServiceStub(opened), settings)


@pytest.mark.parametrize(
    ("failpoint", "is_kept"), [("image.drawn", False), ("image.files_stored", False), ("image.kept", True)]
)
async def test_a_process_killed_at_any_moment_leaves_a_whole_picture_or_none(
    nats_url: str, vendor: OpenAIStandIn, tmp_path: Path, picture_id: str, failpoint: str, is_kept: bool
) -> None:
    variables = environment(nats_url, vendor, FAILPOINTS=f"{failpoint}=kill@{tmp_path / 'fired'}")
    async with started(variables) as process, connected(variables) as image:
        with pytest.raises(errors.ServiceUnavailable):
            await image.draw(picture_id)
        assert await process.wait() == -signal.SIGKILL
        async with started(variables):
            drawing = await image.draw(picture_id)
            again = await image.draw(picture_id)
    assert drawing.picture.replayed is is_kept
    assert (drawing.version.number, drawing.picture.version_count) == (1, 1)
    assert again.content == drawing.content
    assert len(await vendor.calls()) == (1 if is_kept else 2)


async def test_without_a_vendor_the_process_refuses_to_start_and_says_what_to_set(
    nats_url: str, vendor: OpenAIStandIn
) -> None:
    async with started(environment(nats_url, vendor, OPENAI_BASE_URL="", OPENAI_API_KEY="")) as process:
        _out, said = await process.communicate()
    assert process.returncode == 2
    assert "OPENAI_API_KEY" in said.decode()
    assert "GOOGLE_API_KEY" in said.decode()
