from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.image_service import ImageCaller, image_service
from tests.support.nats import NatsServer, nats_server
from tests.support.openai import OpenAIStandIn, openai_stand_in


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as vendor:
        await vendor.pace(picture_seconds=0.02)
        yield vendor


@pytest.fixture
async def image(nats_url: str, vendor: OpenAIStandIn) -> AsyncIterator[ImageCaller]:
    async with image_service(nats_url, vendor) as caller:
        yield caller


@pytest.fixture
def picture_id() -> str:
    """A picture that no other test knows, because they share one store."""
    return uuid4().hex


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as server:
        yield server
