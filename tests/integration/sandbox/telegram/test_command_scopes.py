import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
    BotCommandScopeUnion,
)

from tests.support.telegram import SandboxTelegram


async def test_the_narrowest_scope_wins_and_the_language_within_it(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    admin, member = await telegram.add_user("Bob"), await telegram.add_user("Eve")
    chat = await telegram.add_chat([user, admin, member])
    await telegram.change_member(chat, admin, "promote")

    async def shown() -> tuple[str, ...]:
        places = ((admin, chat), (member, chat), (user, user))
        views = [await telegram.view(person, chat_id=place) for person, place in places]
        return tuple(view["commands"][0]["command"] for view in views)

    async def offer(name: str, scope: BotCommandScopeUnion | None = None, language: str = "") -> None:
        command = BotCommand(command=name, description="It does something")
        await bot.set_my_commands([command], scope=scope, language_code=language)

    await offer("default")
    await offer("russian", language="ru")
    assert await shown() == ("default", "default", "russian")
    await offer("private", BotCommandScopeAllPrivateChats())
    await offer("groups", BotCommandScopeAllGroupChats())
    assert await shown() == ("groups", "groups", "private")
    await offer("admins", BotCommandScopeAllChatAdministrators())
    assert await shown() == ("admins", "groups", "private")
    await offer("chat", BotCommandScopeChat(chat_id=chat))
    assert await shown() == ("chat", "chat", "private")
    await offer("chat_admins", BotCommandScopeChatAdministrators(chat_id=chat))
    assert await shown() == ("chat_admins", "chat", "private")
    await offer("she", BotCommandScopeChatMember(chat_id=chat, user_id=member))
    await offer("here", BotCommandScopeChat(chat_id=user))
    assert await shown() == ("chat_admins", "she", "here")
    await bot.delete_my_commands(BotCommandScopeChat(chat_id=user))
    assert (await shown())[2] == "private"


async def test_members_scopes_are_refused_in_private_chats(bot: Bot, user: int) -> None:
    for scope in (
        BotCommandScopeChatAdministrators(chat_id=user),
        BotCommandScopeChatMember(chat_id=user, user_id=user),
    ):
        with pytest.raises(TelegramBadRequest, match="can't use specified scope in private chats"):
            await bot.set_my_commands([], scope=scope)
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.set_my_commands([], scope=BotCommandScopeChat(chat_id=5))


async def test_no_commands_are_shown_where_the_bot_is_not(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    await bot.set_my_commands([BotCommand(command="ask", description="Ask")])
    chat = await telegram.add_chat([user], with_bot=False)
    assert (await telegram.view(user, chat_id=chat))["commands"] == []
