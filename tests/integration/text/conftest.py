from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import nats
import pytest

from tests.support.openai import OpenAIStandIn, openai_stand_in
from tests.support.text_service import TextCaller, text_service


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIStandIn]:
    async with openai_stand_in() as vendor:
        yield vendor


@pytest.fixture
async def text(nats_url: str, vendor: OpenAIStandIn) -> AsyncIterator[TextCaller]:
    async with text_service(nats_url, vendor) as caller:
        await vendor.forget_calls()
        yield caller


@pytest.fixture
def conversation_id() -> str:
    """A conversation that no other test knows, because they share one bucket."""
    return uuid4().hex


@pytest.fixture
async def written_count(nats_url: str) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Return how many writes the bucket of conversations has seen."""
    client = await nats.connect(nats_url)

    async def count() -> int:
        info = await client.jetstream().stream_info("KV_conversations")
        return info.state.last_seq

    yield count
    await client.close()
