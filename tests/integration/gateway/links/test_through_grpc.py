import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from quartet.video.v1 import video_service_pb2 as pb
from quartet.video.v1.video_service_pb2_grpc import VideoServiceServicer, add_VideoServiceServicer_to_server

from services.chassis.client import channel
from services.chassis.errors import ResourceNotFound
from services.chassis.server import Registration, serving
from services.chassis.settings import Environment
from services.gateway.dialogue import Speaker
from services.gateway.links.addresses import Addresses
from services.gateway.links.link import Form
from services.gateway.links.settings import LinkSettings
from services.gateway.links.site import serving_links
from services.gateway.video_client import VideoClient
from tests.support.ports import free_port

NAME = pb.DESCRIPTOR.services_by_name["VideoService"].full_name
CONTENT = os.urandom(300_000)


class Archive(VideoServiceServicer):
    """Has one video in its original form, and one that does not end."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def FetchVideo(  # noqa: N802 - the contract's name
        self, request: pb.FetchVideoRequest, _context: Any
    ) -> AsyncGenerator[pb.FetchVideoResponse]:
        is_known = request.caller.user_id == 42 and request.form == pb.VIDEO_FORM_ORIGINAL
        if not is_known or request.job_id not in ("job", "endless"):
            raise ResourceNotFound
        is_endless = request.job_id == "endless"
        size_bytes = len(CONTENT) * (1000 if is_endless else 1)
        yield pb.FetchVideoResponse(file=pb.VideoFile(mime_type="video/mp4", size_bytes=size_bytes))
        try:
            for at in range(0, size_bytes, 100_000):
                begin = at % len(CONTENT)
                yield pb.FetchVideoResponse(content=CONTENT[begin : begin + 100_000])
        except (asyncio.CancelledError, GeneratorExit):
            self.left.set()
            raise


@pytest.fixture
async def archive() -> Archive:
    return Archive()  # type: ignore[abstract]  # it answers one question only


@pytest.fixture
async def settings(archive: Archive) -> AsyncIterator[LinkSettings]:
    port = free_port()
    settings = LinkSettings(
        environment=Environment.TEST,
        grpc_port=free_port(),
        metrics_port=free_port(),
        public_url=f"http://127.0.0.1:{port}",
        link_secret=SecretStr("s" * 32),
        links_port=port,
    )
    registration = Registration(add_VideoServiceServicer_to_server, archive, NAME)
    async with (
        serving(settings, [registration], checks={}, registry=CollectorRegistry()),
        channel(f"dns:///127.0.0.1:{settings.grpc_port}") as to_videos,
        serving_links(settings, VideoClient(to_videos)),
    ):
        yield settings


def address(settings: LinkSettings, job_id: str, user_id: int = 42) -> str:
    addresses = Addresses.of(settings)
    assert addresses is not None
    return addresses.address(job_id, Speaker(user_id, user_id, "en"), Form.ORIGINAL)


async def test_a_link_leads_to_what_the_video_service_keeps(settings: LinkSettings) -> None:
    async with aiohttp.ClientSession() as client:
        async with client.get(address(settings, "job")) as response:
            assert (response.status, await response.read()) == (200, CONTENT)
        async with client.get(address(settings, "job"), headers={"Range": "bytes=250000-"}) as response:
            assert (response.status, await response.read()) == (206, CONTENT[250_000:])
        for gone in (address(settings, "another"), address(settings, "job", user_id=43)):
            async with client.get(gone) as response:
                assert response.status == 410


async def test_whoever_leaves_a_download_leaves_the_video_service_too(
    settings: LinkSettings, archive: Archive
) -> None:
    async with aiohttp.ClientSession() as client, client.get(address(settings, "endless")) as response:
        await response.content.readexactly(100_000)
        response.close()
        async with asyncio.timeout(10):
            await archive.left.wait()
