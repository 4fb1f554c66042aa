import io
from typing import Final

import aiohttp
import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramNotFound
from aiogram.methods import GetFile

from services.chassis.backoff import Backoff
from services.chassis.errors import InvalidRequest, ResourceNotFound, ServiceUnavailable
from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.outcomes import describe
from services.gateway.delivery.scheduler import Scheduler

log = structlog.get_logger()

MAX_ATTEMPTS: Final = 4
DOWNLOAD_SECONDS: Final = 60


class Files:
    """Fetches what people send from Telegram."""

    def __init__(self, bot: Bot, scheduler: Scheduler) -> None:
        self._bot = bot
        self._scheduler = scheduler

    async def fetch(self, file_id: str, *, chat_id: int, max_bytes: int) -> bytes:
        """The content of a file.

        Raises InvalidRequest where it is larger, ResourceNotFound where Telegram has it no more,
        ServiceUnavailable where Telegram does not give it.
        """
        backoff = Backoff(0.3, longest_seconds=3.0)
        for attempts_left in range(MAX_ATTEMPTS, 0, -1):
            try:
                return await self._fetch(file_id, chat_id, max_bytes)
            except TelegramBadRequest as error:
                kind = InvalidRequest if "too big" in error.message else ResourceNotFound
                raise kind("Telegram does not give the file", metadata={"resource": "file"}) from error
            except TelegramNotFound as error:
                raise ResourceNotFound("Telegram has the file no more") from error
            except (AiogramError, aiohttp.ClientError, OSError, TimeoutError) as error:
                log.warning("file_not_fetched", detail=describe(error), attempts_left=attempts_left - 1)
            await backoff.pause()
        raise ServiceUnavailable("Telegram does not give the file")

    async def _fetch(self, file_id: str, chat_id: int, max_bytes: int) -> bytes:
        file = await self._scheduler.call(GetFile(file_id=file_id), chat_id, Family.FREE, Priority.FINAL)
        if (file.file_size or 0) > max_bytes:
            raise InvalidRequest("the file is too large")
        content = io.BytesIO()
        await self._bot.download_file(file.file_path or "", content, timeout=DOWNLOAD_SECONDS)
        return content.getvalue()
