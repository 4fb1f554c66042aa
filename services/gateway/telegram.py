import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import (
    EditMessageText,
    GetMe,
    Response,
    SendMessage,
    SendMessageDraft,
    TelegramMethod,
)

from services.chassis.backoff import Backoff
from services.chassis.errors import StartupError
from services.gateway.delivery.outcomes import describe
from services.gateway.local_files import LocalFiles
from services.gateway.settings import GatewaySettings

log = structlog.get_logger()

T = TypeVar("T")
MAX_CONNECTIONS = 500
REQUEST_TIMEOUT_SECONDS = 30.0
PROBE_SECONDS = 5
FREQUENT: tuple[type[TelegramMethod[Any]], ...] = (SendMessage, EditMessageText, SendMessageDraft)


@asynccontextmanager
async def telegram(settings: GatewaySettings) -> AsyncIterator[Bot]:
    """The bot, once Telegram has answered for it.

    Raises StartupError for a token that Telegram refuses, or where a local server's files are not mounted.
    """
    # One line per update is ours to write, with a trace id.
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)
    session = AiohttpSession(
        proxy=settings.telegram_proxy,
        limit=MAX_CONNECTIONS,
        api=_server(settings),
        timeout=REQUEST_TIMEOUT_SECONDS,
    )
    bot = Bot(settings.telegram_bot_token.get_secret_value(), session=session)
    try:
        # What `bot.me()` remembers for mentions and replies; no handler has to wait for it later.
        bot._me = await until_answered(bot, GetMe())
        log.info("bot_known", username=bot._me.username)
        # pydantic forgets a generic class that nobody holds, and aiogram would build it anew for each answer.
        answers = [Response[method.__returning__] for method in FREQUENT]  # type: ignore[name-defined]
        yield bot
        del answers
    finally:
        await session.close()


def _server(settings: GatewaySettings) -> TelegramAPIServer:
    directory = settings.telegram_files_directory
    if directory is None:
        return TelegramAPIServer.from_base(settings.telegram_api_url)
    files = LocalFiles(directory)
    return TelegramAPIServer.from_base(settings.telegram_api_url, is_local=True, wrap_local_file=files)


async def until_answered(bot: Bot, method: TelegramMethod[T]) -> T:
    """Makes a call at start-up again and again while Telegram cannot be reached."""
    backoff = Backoff(0.5, longest_seconds=15.0)
    while True:
        try:
            return await bot(method)
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise StartupError(
                f"TELEGRAM_BOT_TOKEN: the Bot API server refuses it ({error.message}). "
                "Ask @BotFather for the token, and check TELEGRAM_API_URL."
            ) from error
        except (TelegramNetworkError, TelegramServerError, TelegramRetryAfter) as error:
            log.warning("telegram_unreachable", detail=describe(error))
        await backoff.pause()


async def knows_drafts(bot: Bot) -> bool:
    """Whether this Bot API server has sendMessageDraft (9.3). An older one or an emulator may not.

    Asked with a chat that cannot be: a server that knows the method complains of the chat.
    """
    probe = SendMessageDraft(chat_id=1, draft_id=1, text="", parse_mode=None)
    try:
        await bot(probe, request_timeout=PROBE_SECONDS)
    except TelegramNetworkError:
        # Nothing was learnt. Where drafts are missing after all, only the sight of a growing answer is.
        return True
    except (TelegramNotFound, TelegramServerError):
        return False
    except TelegramAPIError as error:
        return "method" not in error.message.lower()
    except AiogramError:
        return False
    return True
