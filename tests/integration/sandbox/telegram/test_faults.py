import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from tests.support.telegram import SandboxTelegram


async def test_a_call_cut_before_has_no_effect(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await telegram.faults({"method": "sendMessage", "kind": "cut_before", "times": 1})
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(user, "x")
    assert await telegram.texts(user) == []
    await bot.send_message(user, "x")
    assert [call["status"] for call in await telegram.calls(method="sendMessage")] == [0, 200]


async def test_a_call_cut_after_has_its_effect(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await telegram.faults({"method": "sendMessage", "kind": "cut_after", "times": 1})
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(user, "x")
    assert await telegram.texts(user) == ["x"]


async def test_faults_strike_only_the_chat_and_method_they_name(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    other = await telegram.add_user("Bob")
    await telegram.send(other, "/start")
    await telegram.faults({"method": "*", "kind": "forbidden", "chat_id": other, "times": 2})
    await bot.send_message(user, "x")
    for _ in range(2):
        with pytest.raises(TelegramForbiddenError):
            await bot.send_message(other, "x")
    await bot.send_message(other, "x")


async def test_servers_fail_and_ask_to_wait(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await telegram.faults(
        {"method": "sendMessage", "kind": "http", "status": 502, "times": 1},
        {"method": "sendMessage", "kind": "429", "retry_after": 7, "times": 1},
    )
    with pytest.raises(TelegramServerError, match="Bad Gateway"):
        await bot.send_message(user, "x")
    with pytest.raises(TelegramRetryAfter) as raised:
        await bot.send_message(user, "x")
    assert raised.value.retry_after == 7
    assert (await telegram.calls(method="sendMessage"))[-1]["retry_after"] == 7


async def test_a_slow_call_does_not_hold_up_others(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await telegram.faults({"method": "sendChatAction", "kind": "slow", "delay_ms": 600_000, "times": 1})
    slow = asyncio.create_task(bot.send_chat_action(user, "typing"))
    for number in range(5):
        await bot.send_message(user, str(number))
    assert not slow.done()
    slow.cancel()


async def test_cleared_faults_do_not_strike(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await telegram.faults({"method": "*", "kind": "http", "status": 500, "times": 100})
    await telegram.clear_faults()
    assert await bot.send_message(user, "x")
