from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.nats import nats_server
from tests.support.video_service import BackRoom, VideoCaller, back_room, video_service


@pytest.fixture(scope="module")
def video_nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: how much the queue takes is set on the stream that all tests there share."""
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest.fixture
async def video(video_nats_url: str) -> AsyncIterator[VideoCaller]:
    async with video_service(video_nats_url) as caller:
        yield caller


@pytest.fixture
async def behind(video_nats_url: str) -> AsyncIterator[BackRoom]:
    async with back_room(video_nats_url) as room:
        yield room
