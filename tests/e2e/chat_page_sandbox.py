from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import pytest_asyncio
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from tests.e2e.chat_page import Telegram, sandbox_process
from tests.support.ports import free_port

READY_SECONDS: Final = 15.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Telegram]:
    async with sandbox_process(free_port()) as base, aiohttp.ClientSession() as session:
        telegram = Telegram(session, base)
        refused = retry_if_exception_type(aiohttp.ClientConnectionError)
        async for attempt in AsyncRetrying(
            retry=refused, stop=stop_after_delay(READY_SECONDS), wait=wait_fixed(0.05), reraise=True
        ):
            with attempt:
                await telegram.call("getMe")
        yield telegram


@pytest_asyncio.fixture(loop_scope="module")
async def telegram(sandbox: Telegram) -> Telegram:
    """A sandbox in which nobody has been yet."""
    await sandbox.control("reset")
    return sandbox
