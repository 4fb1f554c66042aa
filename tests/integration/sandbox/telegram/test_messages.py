import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputRichMessage,
    KeyboardButton,
    LinkPreviewOptions,
    MenuButtonCommands,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from tests.support.telegram import ControlRefused, SandboxTelegram


async def test_the_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert me.has_topics_enabled
    assert me.can_join_groups
    assert me.supports_inline_queries


async def test_a_message_is_answered_with_a_quote(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    asked = (await telegram.send(user, "one 😀 two"))["message"]
    reply = ReplyParameters(message_id=asked["message_id"], quote="two")
    sent = await bot.send_message(user, "yes", reply_parameters=reply)
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "one 😀 two"
    assert sent.quote
    assert (sent.quote.text, sent.quote.position) == ("two", 7)
    with pytest.raises(TelegramBadRequest, match="QUOTE_TEXT_INVALID"):
        await bot.send_message(
            user, "x", reply_parameters=ReplyParameters(message_id=asked["message_id"], quote="three")
        )


async def test_entities_preview_and_protection_are_kept(bot: Bot, user: int) -> None:
    sent = await bot.send_message(
        user,
        "see here",
        entities=[MessageEntity(type="text_link", offset=4, length=4, url="https://ya.ru/x")],
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        protect_content=True,
    )
    assert sent.entities
    assert sent.entities[0].url == "https://ya.ru/x"
    assert sent.link_preview_options
    assert sent.link_preview_options.is_disabled
    assert sent.has_protected_content


async def test_a_pressed_button_is_answered_once(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    button = InlineKeyboardButton(text="b", callback_data="data", style="danger")
    sent = await bot.send_message(user, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))
    pressed = await telegram.press(user, sent.message_id, "data")
    query = (await bot.get_updates())[-1].callback_query
    assert query
    assert (query.id, query.data, query.from_user.id) == (pressed, "data", user)
    assert not (await telegram.callback(pressed))["answered"]
    await bot.answer_callback_query(query.id, text="done", show_alert=True)
    await bot.answer_callback_query(query.id, text="again")
    assert (await telegram.callback(pressed))["text"] == "done"
    assert (await telegram.wait_for("callback_answer"))["show_alert"]
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query.id, text="x" * 201)
    with pytest.raises(ControlRefused):
        await telegram.press(user, sent.message_id, "other data")


async def test_a_reply_keyboard_stays_until_it_is_removed(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Menu")]], resize_keyboard=True)
    await bot.send_message(user, "x", reply_markup=keyboard)
    assert (await telegram.view(user))["keyboard"]["keyboard"] == [[{"text": "Menu"}]]
    await bot.send_message(user, "x", reply_markup=ReplyKeyboardRemove())
    assert (await telegram.view(user))["keyboard"] is None


async def test_messages_are_edited_and_deleted_in_sight(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    first = await bot.send_message(user, "first")
    second = await bot.send_message(user, "second")
    await bot.edit_message_text("first, better", chat_id=user, message_id=first.message_id)
    assert await telegram.texts(user) == ["first, better", "second"]
    assert await bot.delete_message(user, second.message_id)
    assert await bot.delete_messages(user, [first.message_id, second.message_id])
    assert await telegram.texts(user) == []
    deleted = [event["message_ids"] for event in telegram.events("delete")]
    assert deleted == [[second.message_id], [first.message_id]]


async def test_a_rich_message_is_shown_and_can_replace_a_text(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    sent = await bot.send_rich_message(user, InputRichMessage(markdown="# Title\n\n| a |\n|---|\n| 1 |"))
    assert sent.rich_message
    assert [block.type for block in sent.rich_message.blocks] == ["heading", "table"]
    plain = await bot.send_message(user, "plain")
    edited = await bot.edit_message_text(
        chat_id=user, message_id=plain.message_id, rich_message=InputRichMessage(html="<p>rich</p>")
    )
    assert not isinstance(edited, bool)
    assert edited.text is None
    assert edited.rich_message


async def test_messages_are_forwarded_and_copied(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    message = (await telegram.send(user, "/keep this"))["message"]
    forwarded = await bot.forward_message(user, user, message["message_id"])
    assert forwarded.forward_origin
    assert forwarded.text == "/keep this"
    copied = await bot.copy_message(user, user, message["message_id"])
    assert copied.message_id == forwarded.message_id + 1


async def test_commands_names_and_menus_are_kept_by_scope_and_language(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    await bot.set_my_commands([BotCommand(command="start", description="begin")])
    await bot.set_my_commands([BotCommand(command="start", description="начать")], language_code="ru")
    assert (await telegram.view(user))["commands"][0]["description"] == "начать"
    scope = BotCommandScopeChat(chat_id=user)
    await bot.set_my_commands([BotCommand(command="admin", description="rule")], scope=scope)
    assert (await telegram.view(user))["commands"][0]["command"] == "admin"
    await bot.delete_my_commands(scope=scope)
    assert await bot.get_my_commands(scope=scope) == []
    assert (await bot.get_my_commands())[0].description == "begin"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Start!", description="x")])
    await bot.set_my_name("Квартет", language_code="ru")
    assert (await bot.get_my_name("ru")).name == "Квартет"
    await bot.set_my_description("about")
    assert (await bot.get_my_description()).description == "about"
    await bot.set_my_short_description("short")
    assert (await bot.get_my_short_description()).short_description == "short"
    await bot.set_chat_menu_button(chat_id=user, menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button(user)).type == "commands"


async def test_pins_and_reactions_are_seen(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    sent = await bot.send_message(user, "x")
    await bot.pin_chat_message(user, sent.message_id)
    await bot.set_message_reaction(user, sent.message_id, [ReactionTypeEmoji(emoji="👍")])
    view = await telegram.view(user)
    assert view["pinned"] == [sent.message_id]
    assert view["reactions"][str(sent.message_id)][str(bot.id)][0]["emoji"] == "👍"
    pinned = (await bot.get_chat(user)).pinned_message
    assert pinned
    assert pinned.message_id == sent.message_id
    await bot.unpin_chat_message(user)
    assert (await telegram.view(user))["pinned"] == []
    assert (await bot.get_user_profile_photos(user)).total_count == 0
