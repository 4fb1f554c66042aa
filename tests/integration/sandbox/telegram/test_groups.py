import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from tests.support.telegram import ControlRefused, SandboxTelegram


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("hello all", False),
        ("/ask", True),
        ("/ask@quartet_sandbox_bot why", True),
        ("/ask@another_bot why", False),
        ("well, @Quartet_Sandbox_Bot?", True),
        ("well, @somebody?", False),
    ],
)
async def test_privacy_mode_lets_through_what_is_meant_for_the_bot(
    telegram: SandboxTelegram, user: int, text: str, heard: bool
) -> None:
    chat = await telegram.add_chat([user])
    sent = await telegram.send(user, text, chat_id=chat)
    assert (sent["update_id"] is not None) == heard


async def test_replies_to_the_bot_are_heard_and_replies_to_others_are_not(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    chat = await telegram.add_chat([user])
    asked = await bot.send_message(chat, "question")
    reply = await telegram.send(user, "answer", chat_id=chat, reply_to_message_id=asked.message_id)
    assert reply["message"]["reply_to_message"]["text"] == "question"
    assert reply["update_id"] is not None
    other = reply["message"]["message_id"]
    assert (await telegram.send(user, "x", chat_id=chat, reply_to_message_id=other))["update_id"] is None


async def test_an_administrator_hears_everything(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    chat = await telegram.add_chat([user])
    await telegram.change_member(chat, bot.id, "promote")
    assert (await telegram.send(user, "hello all", chat_id=chat))["update_id"] is not None


async def test_coming_and_going_is_told(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    friend = await telegram.add_user("Bob")
    chat = await telegram.add_chat([user], title="Team")
    await telegram.change_member(chat, friend, "add")
    await telegram.change_member(chat, friend, "remove")
    await telegram.change_member(chat, bot.id, "remove")
    updates = (await bot.get_updates())[1:]
    kinds = [update.event_type for update in updates]
    assert kinds == ["my_chat_member", "message", "message", "message", "my_chat_member"]
    joined, left = updates[2].message, updates[3].message
    assert joined
    assert joined.new_chat_members
    assert left
    assert left.left_chat_member
    assert await bot.get_chat(chat)
    with pytest.raises(ControlRefused):
        await telegram.send(friend, "still here?", chat_id=chat)


async def test_members_are_known(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    chat = await telegram.add_chat([user], title="Team")
    assert (await bot.get_chat_member(chat, user)).status == "creator"
    assert (await bot.get_chat_member(chat, bot.id)).status == "member"
    assert await bot.get_chat_member_count(chat) == 2
    assert [member.user.id for member in await bot.get_chat_administrators(chat)] == [user]
    assert (await bot.get_chat(chat)).title == "Team"
    with pytest.raises(TelegramBadRequest, match="member not found"):
        await bot.get_chat_member(chat, 5)
    assert await bot.leave_chat(chat)


async def test_a_forum_has_threads(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    chat = await telegram.add_chat([user], is_forum=True)
    thread = await telegram.open_topic(chat, user, "Ideas")
    sent = await telegram.send(user, "/ask", chat_id=chat, message_thread_id=thread)
    assert sent["message"]["is_topic_message"]
    reply = await bot.send_message(chat, "answer", message_thread_id=thread)
    assert reply.message_thread_id == thread
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(chat, "answer", message_thread_id=thread + 1000)
    await telegram.change_member(chat, bot.id, "promote")
    assert await bot.edit_forum_topic(chat, thread, name="Better ideas")
    assert (await telegram.view(user, chat_id=chat))["topics"][0]["name"] == "Better ideas"
    assert await bot.delete_forum_topic(chat, thread)
    assert (await telegram.view(user, chat_id=chat))["topics"] == []
