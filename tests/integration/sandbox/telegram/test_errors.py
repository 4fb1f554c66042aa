from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters

from tests.support.telegram import SandboxTelegram

Call = Callable[[Bot, int], Awaitable[Any]]


def keyboard(**button: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="b", **button)]])


REFUSED: dict[str, tuple[Call, str]] = {
    "no text": (lambda bot, to: bot.send_message(to, ""), "message text is empty"),
    "blank text": (lambda bot, to: bot.send_message(to, "  \n"), "text must be non-empty"),
    "long text": (lambda bot, to: bot.send_message(to, "x" * 4097), "message is too long"),
    "unknown mode": (lambda bot, to: bot.send_message(to, "x", parse_mode="odd"), "unsupported parse_mode"),
    "markdown": (
        lambda bot, to: bot.send_message(to, "*x", parse_mode="MarkdownV2"),
        "can't parse entities: Can't find end of Bold entity at byte offset 0",
    ),
    "html": (
        lambda bot, to: bot.send_message(to, "<b>x", parse_mode="HTML"),
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    "unknown chat": (lambda bot, _: bot.send_message(5, "x"), "chat not found"),
    "unknown name": (lambda bot, _: bot.send_message("@nobody", "x"), "chat not found"),
    "unknown thread": (
        lambda bot, to: bot.send_message(to, "x", message_thread_id=1),
        "message thread not found",
    ),
    "unknown reply": (
        lambda bot, to: bot.send_message(to, "x", reply_parameters=ReplyParameters(message_id=1)),
        "message to be replied not found",
    ),
    "long data": (
        lambda bot, to: bot.send_message(to, "x", reply_markup=keyboard(callback_data="я" * 33)),
        "BUTTON_DATA_INVALID",
    ),
    "bare button": (
        lambda bot, to: bot.send_message(to, "x", reply_markup=keyboard()),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    "button link": (
        lambda bot, to: bot.send_message(to, "x", reply_markup=keyboard(url="not-a-url")),
        "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    "edit of nothing": (
        lambda bot, to: bot.edit_message_text("x", chat_id=to, message_id=1),
        "message to edit not found",
    ),
    "deletion of nothing": (lambda bot, to: bot.delete_message(to, 1), "message to delete not found"),
    "old query": (
        lambda bot, _: bot.answer_callback_query("1"),
        "query is too old and response timeout expired or query ID is invalid",
    ),
    "file": (lambda bot, _: bot.get_file("x"), "invalid file_id"),
    "action": (lambda bot, to: bot.send_chat_action(to, "dance"), "wrong parameter action in request"),
    "draft id": (lambda bot, to: bot.send_message_draft(to, 0, text="x"), "draft_id must be non-zero"),
    "long draft": (lambda bot, to: bot.send_message_draft(to, 1, text="x" * 4097), "message is too long"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_call_is_refused_in_telegrams_words(bot: Bot, user: int, name: str) -> None:
    call, description = REFUSED[name]
    with pytest.raises(TelegramBadRequest) as raised:
        await call(bot, user)
    assert raised.value.message == f"Bad Request: {description}"


async def test_the_same_content_is_not_an_edit(bot: Bot, user: int) -> None:
    sent = await bot.send_message(user, "same", reply_markup=keyboard(callback_data="x"))
    with pytest.raises(
        TelegramBadRequest, match="message is not modified: specified new message content and"
    ):
        await bot.edit_message_text(
            "same", chat_id=user, message_id=sent.message_id, reply_markup=keyboard(callback_data="x")
        )
    edited = await bot.edit_message_text("same", chat_id=user, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.reply_markup is None
    assert edited.edit_date


async def test_a_users_message_cannot_be_edited_by_the_bot(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    message = (await telegram.send(user, "mine"))["message"]
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=user, message_id=message["message_id"])


async def test_a_blocked_bot_is_forbidden_to_speak(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await telegram.block(user)
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(user, "x")
    await telegram.block(user, blocked=False)
    assert await bot.send_message(user, "x")


async def test_the_bot_cannot_speak_first(bot: Bot, telegram: SandboxTelegram) -> None:
    stranger = await telegram.add_user("Bob")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger, "x")


@pytest.mark.parametrize("type_", ["group", "supergroup"])
async def test_a_bot_that_was_removed_is_forbidden_to_speak(
    bot: Bot, telegram: SandboxTelegram, user: int, type_: str
) -> None:
    chat = await telegram.add_chat([user], type=type_)
    await telegram.change_member(chat, bot.id, "remove")
    with pytest.raises(TelegramForbiddenError, match=f"bot was kicked from the {type_} chat"):
        await bot.send_message(chat, "x")


async def test_an_upgraded_group_tells_its_new_id(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    chat = await telegram.add_chat([user], type="group")
    successor = await telegram.migrate(chat)
    with pytest.raises(TelegramMigrateToChat) as raised:
        await bot.send_message(chat, "x")
    assert raised.value.migrate_to_chat_id == successor
    assert await bot.send_message(successor, "x")


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    class SendWidget(TelegramMethod[bool]):
        __returning__ = bool
        __api_method__ = "sendWidget"

    with pytest.raises(TelegramNotFound, match="Not Found: method not found"):
        await bot(SendWidget())


async def test_a_wrong_token_is_unauthorized(bot: Bot) -> None:
    other = Bot("1000000002:another-token-another-token-another", session=bot.session)
    with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
        await other.get_me()
