import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.gateway.pictures.atelier import Atelier, open_atelier


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def opened(nats_url: str) -> AsyncIterator[Atelier]:
    async with open_atelier(nats_url) as atelier:
        yield atelier


@pytest_asyncio.fixture(loop_scope="package")
async def atelier(opened: Atelier) -> Atelier:
    """The one atelier, with other people in another group, and nothing left of former tests."""
    opened.studio.fails_with, opened.studio.size = "", (640, 480)
    opened.studio.finish.set()
    opened.studio.orders.clear()
    opened.studio.cancelled = asyncio.Queue()
    opened.user_id = await opened.telegram.add_user("Анна", "ru")
    opened.chat_id = await opened.telegram.add_chat([opened.user_id])
    return opened
