import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import SendMessage, SendMessageDraft
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from services.gateway.delivery.budgets import Family, Priority
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.lease import LeaseLost, Tenure
from services.gateway.metrics import GatewayMetrics
from services.sandbox.telegram.app import build
from services.sandbox.telegram.settings import TelegramSandboxSettings


class Telegram:
    """The stand-in, in this process, with one user who has talked to the bot."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self._client = client
        self.url = str(client.make_url("")).rstrip("/")
        self.user_id = 0

    async def control(self, verb: str, path: str, /, **body: Any) -> Any:
        async with self._client.request(verb, f"/control/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()

    async def texts(self) -> list[str]:
        view = await self.control("GET", f"chats/{self.user_id}/view?user_id={self.user_id}")
        return [message["text"] for message in view["messages"] if message["from"]["is_bot"]]


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with TestClient(TestServer(build(TelegramSandboxSettings(sandbox_limits_enabled=False)))) as client:
        opened = Telegram(client)
        user = await opened.control("POST", "users", first_name="Anna", language_code="en")
        opened.user_id = user["id"]
        await opened.control("POST", "messages", user_id=opened.user_id, text="hello")
        yield opened


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    yield Bot(TelegramSandboxSettings().sandbox_bot_token, session=session)
    await session.close()


def a_scheduler(bot: Bot, tenure: Tenure | None = None) -> Scheduler:
    metrics = GatewayMetrics(CollectorRegistry())
    return Scheduler(bot, tenure or Tenure(1, float("inf")), metrics, messages_per_second=29)


async def test_the_answer_overtakes_progress_that_still_waits(telegram: Telegram, bot: Bot) -> None:
    scheduler, chat_id = a_scheduler(bot), telegram.user_id
    calls = [
        scheduler.call(SendMessage(chat_id=chat_id, text=text), chat_id, Family.MESSAGES, priority)
        for text, priority in (
            ("progress 1", Priority.PROGRESS),
            ("progress 2", Priority.PROGRESS),
            ("answer", Priority.FINAL),
        )
    ]
    await asyncio.gather(*calls)
    assert await telegram.texts() == ["answer", "progress 1", "progress 2"]


async def test_a_retry_after_is_obeyed_and_the_message_still_arrives_once(
    telegram: Telegram, bot: Bot
) -> None:
    await telegram.control("POST", "faults", method="sendMessage", kind="429", retry_after=1, times=1)
    method = SendMessage(chat_id=telegram.user_id, text="patient")
    await a_scheduler(bot).call(method, telegram.user_id, Family.MESSAGES, Priority.FINAL)
    assert await telegram.texts() == ["patient"]


async def test_a_throttled_draft_does_not_hold_up_the_answer(telegram: Telegram, bot: Bot) -> None:
    scheduler, chat_id = a_scheduler(bot), telegram.user_id
    await telegram.control("POST", "faults", method="sendMessageDraft", kind="429", retry_after=60, times=1)
    draft = SendMessageDraft(chat_id=chat_id, draft_id=1, text="so far")
    showing = asyncio.create_task(scheduler.call(draft, chat_id, Family.DRAFTS, Priority.PROGRESS))
    await asyncio.sleep(0)
    answer = SendMessage(chat_id=chat_id, text="answer")
    await scheduler.call(answer, chat_id, Family.MESSAGES, Priority.FINAL)
    assert await telegram.texts() == ["answer"]
    showing.cancel()


async def test_what_waits_is_asked_for_its_newest_state(telegram: Telegram, bot: Bot) -> None:
    scheduler, chat_id = a_scheduler(bot), telegram.user_id
    state = ["old"]
    waiting = asyncio.create_task(
        scheduler.call_latest(
            lambda: SendMessage(chat_id=chat_id, text=state[0]), chat_id, Family.MESSAGES, Priority.PROGRESS
        )
    )
    state[0] = "new"
    await waiting
    assert await telegram.texts() == ["new"]


async def test_telegrams_errors_reach_the_caller(telegram: Telegram, bot: Bot) -> None:
    await telegram.control("POST", "block", user_id=telegram.user_id, blocked=True)
    method = SendMessage(chat_id=telegram.user_id, text="hello?")
    with pytest.raises(TelegramForbiddenError):
        await a_scheduler(bot).call(method, telegram.user_id, Family.MESSAGES, Priority.FINAL)


async def test_nothing_is_sent_once_the_tenure_is_over(telegram: Telegram, bot: Bot) -> None:
    scheduler = a_scheduler(bot, Tenure(1, 0.0))
    method = SendMessage(chat_id=telegram.user_id, text="too late")
    with pytest.raises(LeaseLost):
        await scheduler.call(method, telegram.user_id, Family.MESSAGES, Priority.FINAL)
    assert await telegram.texts() == []


async def test_all_chats_together_stay_within_the_bots_pace(telegram: Telegram, bot: Bot) -> None:
    await telegram.control("PUT", "limits", enabled=False)
    users = [
        (await telegram.control("POST", "users", first_name="U", language_code="en"))["id"] for _ in range(60)
    ]
    for user_id in users:
        await telegram.control("POST", "messages", user_id=user_id, text="hi")
    scheduler = a_scheduler(bot)
    began = time.monotonic()
    await asyncio.gather(
        *(
            scheduler.call(SendMessage(chat_id=user, text="x"), user, Family.MESSAGES, Priority.FINAL)
            for user in users
        )
    )
    # 29, a second later 29, a second later 2. A machine that stalls makes it longer, never shorter.
    assert time.monotonic() - began >= 2.0
    calls = await telegram.control("GET", "calls")
    assert [call["status"] for call in calls if call["method"] == "sendMessage"] == [200] * 60
