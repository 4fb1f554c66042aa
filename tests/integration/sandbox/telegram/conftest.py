from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from services.sandbox.telegram.settings import TelegramSandboxSettings
from tests.support.telegram import SandboxTelegram, sandbox_server


class PlainSession(AiohttpSession):
    """aiogram's session without its pause at the end: there is no TLS connection to wait for."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@pytest.fixture
async def base_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A stand-in of the test's own; `parametrize("base_url", [settings], indirect=True)` sets it up."""
    settings = {"sandbox_limits_enabled": False, **getattr(request, "param", {})}
    async with sandbox_server(**settings) as url:
        yield url


@pytest.fixture
async def telegram(base_url: str) -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(base_url) as telegram:
        yield telegram


@pytest.fixture
async def bot(base_url: str) -> AsyncIterator[Bot]:
    """The real aiogram client."""
    session = PlainSession(api=TelegramAPIServer.from_base(base_url))
    bot = Bot(TelegramSandboxSettings().sandbox_bot_token, session=session)
    yield bot
    await bot.session.close()


@pytest.fixture
async def user(telegram: SandboxTelegram) -> int:
    """A user who has started the bot."""
    user_id = await telegram.add_user("Ann", "ru", username="ann")
    await telegram.send(user_id, "/start")
    return user_id
