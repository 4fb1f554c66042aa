from collections.abc import AsyncIterator

import pytest

from tests.support.video_work import Bench, bench


@pytest.fixture
async def desk(nats_url: str) -> AsyncIterator[Bench]:
    async with bench(nats_url) as opened:
        yield opened
