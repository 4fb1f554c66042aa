import asyncio

import aiohttp
import pytest
from aiogram import Bot

from tests.support.telegram import ControlRefused, SandboxTelegram


async def test_a_user_sees_only_own_chats_in_the_stream(
    base_url: str, bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    other = await telegram.add_user("Bob")
    await telegram.send(other, "/start")
    url = f"{base_url}/control/events?user_id={user}"
    async with aiohttp.ClientSession() as session, session.get(url) as stream:
        await bot.send_message(other, "for Bob")
        await bot.send_message(user, "for Ann")
        async with asyncio.timeout(5):
            async for line in stream.content:
                if line.startswith(b"data: "):
                    assert b"for Ann" in line
                    return


async def test_every_visible_change_is_an_event(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    sent = await bot.send_message(user, "x")
    await bot.send_chat_action(user, "typing")
    await bot.send_message_draft(user, 1, text="d")
    await bot.edit_message_text("y", chat_id=user, message_id=sent.message_id)
    await bot.delete_message(user, sent.message_id)
    await telegram.add_chat([user])
    await telegram.wait_for("chat")
    seen = [event["type"] for event in telegram.events()]
    assert seen[:7] == ["user", "message", "message", "action", "draft", "edit", "delete"]


async def test_the_journal_is_numbered_and_can_be_read_from_a_place(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    await bot.get_me()
    await bot.send_message(user, "x")
    first, second = await telegram.calls()
    assert (first["method"], first["n"]) == ("getMe", 1)
    assert (second["chat_id"], second["params"]["text"]) == (user, "x")
    assert await telegram.calls(since=1) == [second]
    await telegram.forget_calls()
    await bot.get_me()
    assert [call["n"] for call in await telegram.calls()] == [3]


async def test_a_users_text_gets_the_entities_clients_give_it(telegram: SandboxTelegram, user: int) -> None:
    message = (await telegram.send(user, "/ask@quartet_sandbox_bot https://ya.ru"))["message"]
    assert [entity["type"] for entity in message["entities"]] == ["bot_command", "url"]
    bold = [{"type": "bold", "offset": 0, "length": 2}]
    message = (await telegram.send(user, "hi", entities=bold))["message"]
    assert message["entities"] == bold


async def test_what_users_cannot_do_is_refused(telegram: SandboxTelegram, user: int) -> None:
    stranger = await telegram.add_user("Bob")
    chat = await telegram.add_chat([user])
    refused = [
        telegram.send(stranger, "x", chat_id=chat),
        telegram.send(5, "x"),
        telegram.send(user, ""),
        telegram.view(stranger, chat_id=chat),
        telegram.edit(user, 1, "x"),
        telegram.stop(user),
        telegram.faults({"method": "sendMessage", "kind": "odd"}),
        telegram.post("users", {"first_name": 5}),
        telegram.post("chats", {"type": "channel", "title": "x", "member_ids": [user]}),
    ]
    for request in refused:
        with pytest.raises(ControlRefused):
            await request


async def test_a_user_may_have_a_chosen_id_once(telegram: SandboxTelegram) -> None:
    assert await telegram.add_user(id=4242) == 4242
    with pytest.raises(ControlRefused):
        await telegram.add_user(id=4242)


@pytest.mark.parametrize("base_url", [{"sandbox_messages_per_chat": 3}], indirect=True)
async def test_only_the_last_messages_of_a_chat_are_kept(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    for number in range(5):
        await bot.send_message(user, str(number))
    assert await telegram.texts(user) == ["2", "3", "4"]
