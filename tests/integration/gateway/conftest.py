import secrets
from collections.abc import AsyncIterator

import pytest
from nats.js.api import KeyValueConfig
from nats.js.kv import KeyValue

from services.chassis.jetstream import Nats, connect, ensure_bucket


@pytest.fixture
async def nats(nats_url: str) -> AsyncIterator[Nats]:
    async with connect(nats_url, name="test") as opened:
        yield opened


@pytest.fixture
async def bucket(nats: Nats) -> KeyValue:
    return await ensure_bucket(nats.js, KeyValueConfig(bucket=f"test-{secrets.token_hex(4)}"))
