import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter
from aiogram.methods import EditMessageMedia, SendDocument, SendPhoto, SendVoice, TelegramMethod

from services.gateway.delivery.budgets import (
    DRAFTS,
    GROUP_MESSAGES,
    PRIVATE_MESSAGES,
    Budget,
    Family,
    Priority,
    Spending,
    Window,
)
from services.gateway.lease import Tenure
from services.gateway.metrics import GatewayMetrics

log = structlog.get_logger()

T = TypeVar("T")
MAX_IDLE_CHATS = 10_000
UPLOADS = (EditMessageMedia, SendDocument, SendPhoto, SendVoice)
UPLOAD_SECONDS = 120
"""So long a file may take on a slow line."""


@dataclass(order=True)
class _Request:
    priority: Priority
    number: int
    family: Family = field(compare=False)
    make: Callable[[], TelegramMethod[Any] | None] = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)


class _Chat:
    """One chat's queue. Its calls go one after the other, so a late draft never follows its answer."""

    def __init__(self, chat_id: int) -> None:
        self.requests: list[_Request] = []
        self.budgets = {
            # Telegram's ids of groups and channels are negative.
            Family.MESSAGES: Budget(GROUP_MESSAGES if chat_id < 0 else PRIVATE_MESSAGES),
            Family.DRAFTS: Budget(DRAFTS),
            Family.FREE: Budget(()),
        }
        self.changed = asyncio.Event()
        self.worker: asyncio.Task[None] | None = None

    def next_request(self, shared: Mapping[Family, Budget]) -> tuple[_Request | None, float]:
        """The most urgent request that may go now, or how long until one may."""
        shortest = float("inf")
        for request in sorted(self.requests):
            budgets = (self.budgets[request.family], shared[request.family])
            wait = max(budget.wait_seconds(request.priority) for budget in budgets)
            if wait <= 0:
                self.requests.remove(request)
                return request, 0.0
            shortest = min(shortest, wait)
        return None, shortest


class Scheduler:
    """Paces every Bot API call: within a chat by priority and budget, chats side by side.

    It obeys Telegram's `retry_after`; every other error belongs to the caller. It sends nothing once the
    tenure is over.
    """

    def __init__(
        self, bot: Bot, tenure: Tenure, metrics: GatewayMetrics, *, messages_per_second: int
    ) -> None:
        self._bot = bot
        self._tenure = tenure
        self._metrics = metrics
        of_the_bot = Window(messages_per_second, 1.0, reserved=messages_per_second // 3)
        self._shared = {
            Family.MESSAGES: Budget((of_the_bot,)),
            Family.DRAFTS: Budget(()),
            Family.FREE: Budget(()),
        }
        self._chats: dict[int, _Chat] = {}
        self._numbers = itertools.count()

    async def call(self, method: TelegramMethod[T], chat_id: int, family: Family, priority: Priority) -> T:
        """Makes one call when its turn has come and returns Telegram's result.

        Raises LeaseLost, or aiogram's TelegramAPIError.
        """
        result: T = await self.call_latest(lambda: method, chat_id, family, priority)
        return result

    async def ask(self, method: TelegramMethod[T], chat_id: int = 0) -> T:
        """Makes a call that Telegram does not count: a question, a setting. Raises as `call` does."""
        return await self.call(method, chat_id, Family.FREE, Priority.PROGRESS)

    async def until_free(self, family: Family, priority: Priority) -> None:
        """Wait until the bot's budget has room for such a call; others may still come first."""
        while wait_seconds := self._shared[family].wait_seconds(priority):  # noqa: ASYNC110 - it says how long
            await asyncio.sleep(wait_seconds)

    async def call_latest(
        self,
        make: Callable[[], TelegramMethod[T] | None],
        chat_id: int,
        family: Family,
        priority: Priority,
    ) -> Any:
        """Like `call`, for what may have changed while it waited: `make` is asked at the last moment.

        Nothing is sent where it returns None.
        """
        chat = self._chats.get(chat_id)
        if chat is None:
            self._forget_idle_chats()
            chat = self._chats[chat_id] = _Chat(chat_id)
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        request = _Request(priority, next(self._numbers), family, make, done)
        chat.requests.append(request)
        chat.changed.set()
        if chat.worker is None:
            chat.worker = asyncio.create_task(self._work(chat), name=f"sends to {chat_id}")
        try:
            return await done
        finally:
            if request in chat.requests:
                chat.requests.remove(request)

    async def _work(self, chat: _Chat) -> None:
        while chat.requests:
            chat.changed.clear()
            request, wait_seconds = chat.next_request(self._shared)
            if request is None:
                await _first(chat.changed.wait(), wait_seconds)
            elif not request.done.done():
                await self._perform(chat, request)
        chat.worker = None

    async def _perform(self, chat: _Chat, request: _Request) -> None:
        budget = chat.budgets[request.family]
        try:
            method = request.make()
            if method is None:
                request.done.set_result(None)
                return
            self._tenure.check()
            result = await self._send(method, budget.spend(), self._shared[request.family].spend())
        except TelegramRetryAfter as error:
            log.warning("telegram_throttled", family=request.family, retry_after_seconds=error.retry_after)
            budget.block(error.retry_after)
            chat.requests.append(request)
        except Exception as error:  # noqa: BLE001 - handed over to whoever asked for the call
            if not request.done.done():
                request.done.set_exception(error)
        else:
            if not request.done.done():
                request.done.set_result(result)

    async def _send(self, method: TelegramMethod[T], *spendings: Spending) -> T:
        began = time.perf_counter()
        outcome = "ok"
        try:
            return await self._bot(method, UPLOAD_SECONDS if isinstance(method, UPLOADS) else None)
        except TelegramAPIError as error:
            outcome = type(error).__name__
            raise
        finally:
            for spending in spendings:
                spending.arrived(time.monotonic())
            self._metrics.api_calls.labels(method.__api_method__, outcome).observe(
                time.perf_counter() - began
            )

    def _forget_idle_chats(self) -> None:
        if len(self._chats) < MAX_IDLE_CHATS:
            return
        for chat_id, chat in list(self._chats.items()):
            if chat.worker is None and all(budget.idle for budget in chat.budgets.values()):
                del self._chats[chat_id]


async def _first(awaitable: Awaitable[Any], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await awaitable
    except TimeoutError:
        return
