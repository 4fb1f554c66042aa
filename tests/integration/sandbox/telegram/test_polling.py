import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from aiogram.types import Update

from tests.support.telegram import SandboxTelegram


async def drain(bot: Bot) -> list[Update]:
    """The pending updates, confirmed."""
    updates = await bot.get_updates(timeout=0)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, timeout=0)
    return updates


async def test_updates_are_repeated_until_they_are_confirmed(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    await drain(bot)
    sent = [(await telegram.send(user, f"n{i}"))["update_id"] for i in range(3)]
    assert [update.update_id for update in await bot.get_updates()] == sent
    assert [update.update_id for update in await bot.get_updates(limit=2)] == sent[:2]
    assert [update.update_id for update in await bot.get_updates(offset=sent[1] + 1)] == sent[2:]
    assert [update.update_id for update in await bot.get_updates()] == sent[2:]
    assert await bot.get_updates(offset=sent[2] + 1) == []


async def test_a_long_poll_ends_when_a_user_speaks(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await drain(bot)
    polling = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.send(user, "now")
    updates = await polling
    assert updates[0].message
    assert updates[0].message.text == "now"


async def test_the_older_of_two_polls_is_terminated(bot: Bot, telegram: SandboxTelegram) -> None:
    polls = [asyncio.create_task(bot.get_updates(timeout=30)) for _ in range(2)]
    (older,), (newer,) = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
    with pytest.raises(TelegramConflictError, match="make sure that only one bot instance is running"):
        await older
    user = await telegram.add_user()
    await telegram.send(user, "hi")
    assert await newer


async def test_polling_is_refused_while_a_webhook_is_set(bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    with pytest.raises(TelegramConflictError, match="use deleteWebhook to delete the webhook first"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_kinds_of_updates_are_remembered(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    sent = await bot.send_message(user, "react to this")
    assert (await telegram.react(user, sent.message_id, "👍"))["update_id"] is None
    await drain(bot)
    await bot.get_updates(allowed_updates=["message_reaction"])
    await telegram.react(user, sent.message_id, "❤")
    assert (await telegram.send(user, "unheard"))["update_id"] is None
    (update,) = await bot.get_updates()
    assert update.message_reaction
    assert [reaction.type for reaction in update.message_reaction.new_reaction] == ["emoji"]
    assert len(update.message_reaction.old_reaction) == 1


async def test_edits_and_blocking_arrive_as_updates(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    message = (await telegram.send(user, "befor"))["message"]
    await drain(bot)
    await telegram.edit(user, message["message_id"], "before")
    await telegram.block(user)
    await telegram.block(user, blocked=False)
    edited, blocked, unblocked = await bot.get_updates()
    assert edited.edited_message
    assert edited.edited_message.text == "before"
    assert blocked.my_chat_member
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert unblocked.my_chat_member
    assert unblocked.my_chat_member.new_chat_member.status == "member"


async def test_identifiers_do_not_repeat_after_a_reset(telegram: SandboxTelegram, user: int) -> None:
    first = await telegram.send(user, "one")
    await telegram.reset()
    again = await telegram.add_user()
    second = await telegram.send(again, "two")
    assert second["update_id"] > first["update_id"]
    assert second["message"]["message_id"] > first["message"]["message_id"]
