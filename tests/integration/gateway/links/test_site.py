import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator

import aiohttp
import pytest
from pydantic import SecretStr

from services.chassis.errors import ProviderUnavailable, ResourceNotFound, ServiceUnavailable, StartupError
from services.chassis.settings import Environment
from services.gateway.dialogue import Speaker
from services.gateway.links.addresses import Addresses
from services.gateway.links.downloads import Sent
from services.gateway.links.link import Form
from services.gateway.links.settings import LinkSettings
from services.gateway.links.site import serving_links
from tests.support.ports import free_port

PIECE_BYTES = 64 * 1024
CONTENT = os.urandom(5 * PIECE_BYTES + 123)
SIZE = len(CONTENT)
SPEAKER = Speaker(42, -1007, "en")


class KeptVideos:
    """A few videos, and what goes wrong with some of them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, int, Form]] = []
        self.under_way = 0
        self.two_wait, self.went_on = asyncio.Event(), asyncio.Event()

    async def stream(self, job_id: str, speaker: Speaker, form: Form) -> AsyncGenerator[Sent | bytes, None]:
        self.asked.append((job_id, speaker.user_id, speaker.chat_id, form))
        if job_id == "gone":
            raise ResourceNotFound
        if job_id == "full":
            raise ServiceUnavailable
        self.under_way += 1
        try:
            yield Sent("text/html" if job_id == "page" else "video/mp4", SIZE)
            for at in range(0, SIZE, PIECE_BYTES):
                if job_id == "broken" and at:
                    raise ProviderUnavailable
                if job_id == "vanished":
                    raise ResourceNotFound
                if job_id == "waiting":
                    if self.under_way == 2:
                        self.two_wait.set()
                    await self.went_on.wait()
                yield CONTENT[at : at + PIECE_BYTES]
                if job_id == "short":
                    return
        finally:
            self.under_way -= 1


@pytest.fixture
def videos() -> KeptVideos:
    return KeptVideos()


@pytest.fixture
def settings() -> LinkSettings:
    port = free_port()
    return LinkSettings(
        environment=Environment.TEST,
        grpc_port=free_port(),
        metrics_port=free_port(),
        public_url=f"http://127.0.0.1:{port}/quartet",
        link_secret=SecretStr("s" * 32),
        links_port=port,
    )


@pytest.fixture
async def client(settings: LinkSettings, videos: KeptVideos) -> AsyncIterator[aiohttp.ClientSession]:
    async with serving_links(settings, videos), aiohttp.ClientSession() as session:
        yield session


def address(settings: LinkSettings, job_id: str = "job", user_id: int = SPEAKER.user_id) -> str:
    addresses = Addresses.of(settings)
    assert addresses is not None
    return addresses.address(job_id, Speaker(user_id, SPEAKER.chat_id, "en"), Form.ORIGINAL)


async def status_of(client: aiohttp.ClientSession, url: str) -> int:
    async with client.get(url) as response:
        return response.status


async def test_a_link_gives_the_video_of_its_owner_as_a_file(
    client: aiohttp.ClientSession, settings: LinkSettings, videos: KeptVideos
) -> None:
    async with client.get(address(settings)) as response:
        assert await response.read() == CONTENT
        assert response.headers["Content-Type"] == "video/mp4"
        assert response.headers["Content-Disposition"] == 'attachment; filename="video-job.mp4"'
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert videos.asked == [("job", 42, -1007, Form.ORIGINAL)]


async def test_head_tells_the_size_and_sends_nothing(
    client: aiohttp.ClientSession, settings: LinkSettings, videos: KeptVideos
) -> None:
    async with client.head(address(settings)) as response:
        assert (response.status, response.headers["Content-Length"]) == (200, str(SIZE))
        assert response.headers["Accept-Ranges"] == "bytes"
        assert await response.read() == b""
    assert videos.under_way == 0


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=70000-140000", 70000, 140001),
        (f"bytes={SIZE - 10}-", SIZE - 10, SIZE),
        ("bytes=-100", SIZE - 100, SIZE),
        (f"bytes=100-{SIZE * 2}", 100, SIZE),
    ],
)
async def test_a_download_that_broke_off_is_gone_on_with(
    client: aiohttp.ClientSession, settings: LinkSettings, asked: str, begin: int, end: int
) -> None:
    async with client.get(address(settings), headers={"Range": asked}) as response:
        assert response.status == 206
        assert response.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{SIZE}"
        assert await response.read() == CONTENT[begin:end]


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1,5-6"},
        {"Range": "bytes=five-six"},
        {"Range": "bytes=0-1", "If-Range": '"another"'},
    ],
)
async def test_a_part_that_is_not_understood_or_of_another_file_is_answered_with_the_whole(
    client: aiohttp.ClientSession, settings: LinkSettings, headers: dict[str, str]
) -> None:
    async with client.get(address(settings), headers=headers) as response:
        assert response.status == 200
        assert await response.read() == CONTENT


async def test_a_part_behind_the_end_is_refused(
    client: aiohttp.ClientSession, settings: LinkSettings
) -> None:
    async with client.get(address(settings), headers={"Range": f"bytes={SIZE}-"}) as response:
        assert (response.status, response.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


async def test_nothing_else_is_served_and_nobody_is_asked(
    client: aiohttp.ClientSession, settings: LinkSettings, videos: KeptVideos
) -> None:
    link = address(settings)
    expired = address(settings.model_copy(update={"link_hours": -1.0}))
    assert await status_of(client, expired) == 410
    for url in (
        link[:-4] + "AAAA",
        link + "/x",
        settings.public_url,
        f"{settings.public_url}/v/",
        link[:-20],
    ):
        assert await status_of(client, url) == 404
    async with client.post(link) as response:
        assert response.status == 405
    assert not videos.asked


async def test_a_video_that_is_gone_and_a_service_that_is_busy_are_told_apart(
    client: aiohttp.ClientSession, settings: LinkSettings
) -> None:
    assert await status_of(client, address(settings, "gone")) == 410
    assert await status_of(client, address(settings, "vanished")) == 410
    async with client.get(address(settings, "full")) as response:
        assert (response.status, "Retry-After" in response.headers) == (503, True)


@pytest.mark.parametrize("job_id", ["broken", "short"])
async def test_a_video_that_breaks_off_is_not_taken_for_a_whole_one(
    client: aiohttp.ClientSession, settings: LinkSettings, job_id: str
) -> None:
    async with client.get(address(settings, job_id)) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_a_file_that_calls_itself_a_page_is_not_one(
    client: aiohttp.ClientSession, settings: LinkSettings
) -> None:
    async with client.get(address(settings, "page")) as response:
        assert response.headers["Content-Type"] == "application/octet-stream"


async def test_one_user_takes_two_places_at_most_and_gives_them_back(
    client: aiohttp.ClientSession, settings: LinkSettings, videos: KeptVideos
) -> None:
    link = address(settings, "waiting")

    async def download() -> bytes:
        async with client.get(link) as response:
            assert response.status == 200
            return await response.read()

    downloads = [asyncio.create_task(download()) for _ in range(2)]
    await videos.two_wait.wait()
    assert await status_of(client, link) == 503
    assert await status_of(client, address(settings, user_id=43)) == 200
    videos.went_on.set()
    assert await asyncio.gather(*downloads) == [CONTENT, CONTENT]
    assert await status_of(client, link) == 200


async def test_a_port_that_is_taken_is_said_by_its_name(
    client: aiohttp.ClientSession, settings: LinkSettings, videos: KeptVideos
) -> None:
    with pytest.raises(StartupError, match="LINKS_PORT"):
        async with serving_links(settings, videos):
            pass
