import asyncio
import time
from collections import defaultdict
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramRetryAfter
from aiogram.methods import DeleteWebhook, GetWebhookInfo, TelegramMethod

from services.chassis.backoff import Backoff
from services.chassis.errors import ServiceUnavailable
from services.gateway.delivery.outcomes import describe
from services.gateway.intake.inbox import Inbox
from services.gateway.lease import Tenure
from services.gateway.updates import HANDLED_KINDS, RawUpdate, conversation_id_of, origin_of

log = structlog.get_logger()

POLL_SECONDS = 25
LEAST_WAIT_SECONDS = 0.3


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates, its updates left exactly as Telegram sent them.

    https://core.telegram.org/bots/api#getupdates
    """

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = 100
    timeout: int = POLL_SECONDS
    allowed_updates: list[str] = HANDLED_KINDS


class Polling:
    """Long polling, done by the holder alone: Telegram lets one caller poll.

    The next call's offset confirms the updates of the last one, so it is made only when they are stored.
    """

    def __init__(self, bot: Bot, inbox: Inbox, *, drops_pending: bool = False) -> None:
        """`drops_pending`: what waits behind a webhook is dropped when polling takes its place."""
        self._bot = bot
        self._inbox = inbox
        self._drops_pending = drops_pending
        self._offset: int | None = None

    async def run(self, tenure: Tenure) -> None:
        """Takes updates in until the tenure ends."""
        backoff = Backoff(0.5, longest_seconds=15.0)
        has_webhook = True
        while tenure.held:
            try:
                if has_webhook:
                    await self._take_over()
                    has_webhook = False
                await self._poll()
                backoff.reset()
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except (AiogramError, ServiceUnavailable) as error:
                # A former holder's poll that is still open, or a webhook set from elsewhere.
                has_webhook = isinstance(error, TelegramConflictError) and "webhook" in error.message.lower()
                log.warning("poll_failed", detail=describe(error))
                await backoff.pause()

    async def _take_over(self) -> None:
        """Telegram gives updates to one: a webhook that is set, or who polls."""
        drops_pending = self._drops_pending and bool((await self._bot(GetWebhookInfo())).url)
        await self._bot(DeleteWebhook(drop_pending_updates=drops_pending))
        # What has come since then is not dropped, whoever sets a webhook meanwhile.
        self._drops_pending = False

    async def _poll(self) -> None:
        began = time.monotonic()
        method = GetRawUpdates(offset=self._offset)
        updates = await self._bot(method, request_timeout=POLL_SECONDS + 10)
        chats: dict[str, list[RawUpdate]] = defaultdict(list)
        for update in updates:
            chats[conversation_id_of(self._bot.id, origin_of(update))].append(update)
        await asyncio.gather(*map(self._store_in_order, chats.values()))
        if updates:
            self._offset = updates[-1]["update_id"] + 1
        elif time.monotonic() - began < LEAST_WAIT_SECONDS:
            # A server that does not wait for updates itself.
            await asyncio.sleep(LEAST_WAIT_SECONDS)

    async def _store_in_order(self, updates: list[RawUpdate]) -> None:
        for update in updates:
            await self._inbox.put(update)
