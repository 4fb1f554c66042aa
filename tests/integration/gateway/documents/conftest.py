from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.gateway.documents.desk import Desk, open_desk


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def opened(nats_url: str) -> AsyncIterator[Desk]:
    async with open_desk(nats_url) as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="package")
async def desk(opened: Desk) -> Desk:
    """The one desk, with another person at it, and nothing left of former tests."""
    room = opened.room
    room.fails_with, room.is_truncated = "", False
    room.read_on.set()
    room.has_begun.clear()
    room.kept.clear()
    for kept in (room.headers, room.inquiries, room.drawn, room.cancelled):
        kept.clear()
    opened.user_id = opened.chat_id = await opened.telegram.add_user("Анна", "ru", started=True)
    return opened
