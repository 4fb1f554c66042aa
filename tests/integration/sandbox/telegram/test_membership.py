import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import ChatMemberAdministrator, ChatMemberOwner

from tests.support.telegram import ControlRefused, SandboxTelegram


async def test_creator_administrators_and_members_are_told_apart(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    admin, member = await telegram.add_user("Bob"), await telegram.add_user("Eve")
    chat = await telegram.add_chat([user, admin, member])
    await telegram.change_member(chat, admin, "promote")
    await telegram.change_member(chat, bot.id, "promote")
    statuses = {id: (await bot.get_chat_member(chat, id)).status for id in (user, admin, member)}
    assert statuses == {user: "creator", admin: "administrator", member: "member"}
    leading = {found.user.id for found in await bot.get_chat_administrators(chat)}
    assert leading == {user, admin, bot.id}
    await telegram.change_member(chat, admin, "demote")
    assert (await bot.get_chat_member(chat, admin)).status == "member"
    await telegram.change_member(chat, user, "promote")
    assert isinstance(await bot.get_chat_member(chat, user), ChatMemberOwner)


async def test_an_anonymous_administrator_speaks_as_the_group(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    admin = await telegram.add_user("Bob")
    chat = await telegram.add_chat([user, admin])
    await telegram.change_member(chat, admin, "promote", is_anonymous=True)
    said = await telegram.send(admin, "/settings", chat_id=chat)
    message = (await bot.get_updates())[-1].message
    assert message
    assert message.from_user
    assert message.sender_chat
    assert (message.from_user.username, message.sender_chat.id) == ("GroupAnonymousBot", chat)
    edited = await telegram.edit(admin, said["message"]["message_id"], "/menu", chat_id=chat)
    assert edited["message"]["sender_chat"]["id"] == chat
    known = await bot.get_chat_member(chat, admin)
    assert isinstance(known, ChatMemberAdministrator)
    assert known.is_anonymous
    await telegram.change_member(chat, admin, "demote")
    assert (await telegram.send(admin, "/settings", chat_id=chat))["message"]["from"]["id"] == admin
    with pytest.raises(ControlRefused):
        await telegram.change_member(chat, admin, "demote", is_anonymous=True)


async def test_a_bot_that_leads_a_group_hears_of_its_members_if_it_asks(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    friend = await telegram.add_user("Bob")
    chat = await telegram.add_chat([user])
    await bot.get_updates(allowed_updates=["chat_member"])
    await telegram.change_member(chat, friend, "add")
    await telegram.change_member(chat, bot.id, "promote")
    await telegram.change_member(chat, friend, "promote")
    change = (await bot.get_updates())[-1].chat_member
    assert change
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "administrator")
    assert len([update for update in await bot.get_updates() if update.chat_member]) == 1


async def test_a_group_without_the_bot_is_unknown_to_it_until_it_is_added(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    chat = await telegram.add_chat([user], with_bot=False)
    assert (await telegram.send(user, "/ask", chat_id=chat))["update_id"] is None
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(chat, "hello")
    await telegram.change_member(chat, bot.id, "add")
    joined = (await bot.get_updates())[-1].my_chat_member
    assert joined
    assert (joined.old_chat_member.status, joined.new_chat_member.status) == ("left", "member")
    assert await bot.send_message(chat, "hello")
    await telegram.change_member(chat, bot.id, "leave")
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await bot.send_message(chat, "hello")


async def test_an_upgraded_group_tells_both_its_ids(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    group = await telegram.add_chat([user], type="group")
    message = await bot.send_message(group, "before")
    supergroup = await telegram.migrate(group)
    messages = [update.message for update in await bot.get_updates() if update.message]
    left, came = messages[-2:]
    assert (left.chat.id, left.migrate_to_chat_id) == (group, supergroup)
    assert (came.chat.id, came.migrate_from_chat_id) == (supergroup, group)
    for call in (
        bot.send_message(group, "after"),
        bot.edit_message_text("after", chat_id=group, message_id=message.message_id),
        bot.delete_message(group, message.message_id),
        bot.get_chat_administrators(group),
        bot.send_chat_action(group, "typing"),
    ):
        with pytest.raises(TelegramMigrateToChat) as refused:
            await call
        assert refused.value.migrate_to_chat_id == supergroup
    assert await bot.send_message(supergroup, "after")
    assert (await bot.get_chat_member(supergroup, user)).status == "creator"


async def test_messages_are_deleted_one_by_one_or_together(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    group = await telegram.add_chat([user])
    own = [(await bot.send_message(group, f"{number}")).message_id for number in range(3)]
    foreign = (await telegram.send(user, "/ask", chat_id=group))["message"]["message_id"]
    assert await bot.delete_message(group, own[0])
    assert await bot.delete_messages(group, [*own[1:], own[0]])
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await bot.delete_message(group, foreign)
    await telegram.change_member(group, bot.id, "promote")
    assert await bot.delete_message(group, foreign)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(group, foreign)
