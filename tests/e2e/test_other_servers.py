import io
from typing import Any

import aiohttp
import pytest

from tests.e2e.conversation import Conversation
from tests.support.foreign import TOKEN, foreign_bot_api
from tests.support.stack import WEBHOOK_SECRET
from tests.support.telegram import SandboxTelegram, sandbox_server

pytestmark = pytest.mark.asyncio(loop_scope="session")

WEBHOOK_TOKEN = "2000000002:a-second-bot-whose-updates-come-by-webhook"


async def test_a_foreign_bot_api_server_works_by_its_address_alone_and_may_count_anew(
    talk: Conversation,
) -> None:
    await talk.openai.pace(first_token_ms=10, tokens_per_second=25)
    for question in ("what is up?", "what is new?"):
        async with foreign_bot_api() as foreign:
            await talk.stack.start_gateway("foreign", TELEGRAM_API_URL=foreign.url, TELEGRAM_BOT_TOKEN=TOKEN)
            await foreign.say(question)
            [answer] = await foreign.final_texts(1)
            [growth] = foreign.texts.values()
            await talk.stack.processes["foreign"].stop()
        assert question in answer
        # It knows no drafts, so the answer grows by edits.
        assert len(growth) >= 3


async def test_updates_come_by_webhook_and_survive_a_gateway_that_was_away(talk: Conversation) -> None:
    settings = {"sandbox_bot_token": WEBHOOK_TOKEN, "sandbox_webhook_delay_seconds": 0.2}
    async with sandbox_server(**settings) as url, SandboxTelegram(url) as telegram:
        here = {"TELEGRAM_API_URL": url, "TELEGRAM_BOT_TOKEN": WEBHOOK_TOKEN}
        await talk.stack.start_webhook_gateway("webhook", **here)
        user_id = await telegram.add_user("Kim", "en")
        await telegram.send(user_id, "question 1")
        await telegram.wait_for_reply(user_id, contains="question 1")
        await _expect_strangers_refused(talk.stack.webhook_port("webhook"))
        await talk.stack.kill("webhook")
        await telegram.send(user_id, "question 2")
        await talk.stack.restart("webhook")
        await telegram.wait_for_reply(user_id, contains="question 2", timeout_seconds=30)
        await telegram.send(user_id, "question 3")
        await telegram.wait_for_reply(user_id, contains="question 3")
        texts = await telegram.texts(user_id)
        await talk.stack.processes["webhook"].stop()
    assert [f"question {number}" in text for number, text in enumerate(texts, start=1)] == [True] * 3


async def test_a_bot_goes_from_polling_to_a_webhook_and_back_while_people_talk(talk: Conversation) -> None:
    settings = {"sandbox_bot_token": WEBHOOK_TOKEN, "sandbox_webhook_delay_seconds": 0.2}
    async with sandbox_server(**settings) as url, SandboxTelegram(url) as telegram:
        here: dict[str, Any] = {"TELEGRAM_API_URL": url, "TELEGRAM_BOT_TOKEN": WEBHOOK_TOKEN}
        stack, user_id = talk.stack, await telegram.add_user("Kim", "en")

        async def is_answered(question: str) -> None:
            await telegram.send(user_id, question)
            await telegram.wait_for_reply(user_id, contains=question, timeout_seconds=30)

        await stack.start_gateway("old", **here)
        await is_answered("question 1")
        # As when pods are replaced: the new one is there before the old one goes, which deletes its webhook.
        await stack.start_webhook_gateway("new", TELEGRAM_WEBHOOK_CHECK_SECONDS="0.3", **here)
        await telegram.send(user_id, "question 2")
        await stack.processes["old"].stop()
        await telegram.wait_for_reply(user_id, contains="question 2", timeout_seconds=30)
        await is_answered("question 3")
        await stack.processes["new"].stop()
        await telegram.send(user_id, "question 4")
        await stack.start_gateway("old", **here)
        await telegram.wait_for_reply(user_id, contains="question 4", timeout_seconds=30)
        texts = await telegram.texts(user_id)
        # Only a switch drops what waits, and only where that was asked for.
        await stack.processes["old"].stop()
        await telegram.send(user_id, "question 5")
        await stack.start_webhook_gateway("new", TELEGRAM_DROP_PENDING="true", **here)
        await is_answered("question 6")
        await stack.processes["new"].stop()
        seen = await telegram.texts(user_id)
    assert [f"question {number}" in text for number, text in enumerate(texts, start=1)] == [True] * 4
    assert not any("question 5" in text for text in seen[4:])


async def _expect_strangers_refused(port: int) -> None:
    url = f"http://127.0.0.1:{port}/telegram"
    update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}}
    known = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
    async with aiohttp.ClientSession() as session:
        for headers, body, status in (
            ({}, update, 401),
            ({"X-Telegram-Bot-Api-Secret-Token": "guess"}, update, 401),
            (known, {"no": "update"}, 400),
        ):
            async with session.post(url, json=body, headers=headers) as response:
                assert response.status == status
        async with session.post(url, data=io.BytesIO(b"x" * (2**20 + 1)), headers=known) as response:
            assert response.status == 413
