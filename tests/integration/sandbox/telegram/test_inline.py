import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InlineQueryResultsButton,
    InputMediaPhoto,
    InputMessageContentUnion,
    InputRichMessage,
    InputRichMessageContent,
    InputTextMessageContent,
    Update,
)

from tests.support.media import png
from tests.support.telegram import ControlRefused, SandboxTelegram

WAIT = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Wait", callback_data="wait")]])


def article(
    id: str = "ask",
    text: str = "The answer is coming",
    *,
    title: str = "Ask",
    markup: InlineKeyboardMarkup | None = WAIT,
    content: InputMessageContentUnion | None = None,
) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id=id,
        title=title,
        input_message_content=content or InputTextMessageContent(message_text=text),
        reply_markup=markup,
    )


@pytest.fixture
async def friend(telegram: SandboxTelegram) -> int:
    return await telegram.add_user("Bob")


async def updates(bot: Bot) -> list[Update]:
    """The updates since the user's /start, which are confirmed."""
    found = (await bot.get_updates())[1:]
    await bot.get_updates(offset=found[-1].update_id + 1 if found else None)
    return found


async def sent_inline(bot: Bot, telegram: SandboxTelegram, user: int, chat: int) -> str:
    query = await telegram.ask_inline(user, "why?", chat_id=chat)
    await bot.answer_inline_query(query, [article()], cache_time=0)
    return str((await telegram.choose_inline(user, query, "ask", chat_id=chat))["inline_message_id"])


async def test_a_question_between_two_people_is_answered_in_its_place(
    bot: Bot, telegram: SandboxTelegram, user: int, friend: int
) -> None:
    dialogue = await telegram.add_dialogue(user, friend)
    query = await telegram.ask_inline(user, "why?", chat_id=dialogue)
    asked = (await updates(bot))[0].inline_query
    assert asked
    assert (asked.id, asked.query, asked.chat_type, asked.from_user.id) == (query, "why?", "private", user)
    await bot.answer_inline_query(query, [article()], cache_time=0, is_personal=True)
    assert [result["title"] for result in await telegram.inline_results(query)] == ["Ask"]
    chosen = await telegram.choose_inline(user, query, "ask", chat_id=dialogue)
    assert chosen["update_id"] is None
    feedback = (await bot.get_updates())[-1].chosen_inline_result
    assert feedback
    assert (feedback.result_id, feedback.query) == ("ask", "why?")
    assert feedback.inline_message_id == chosen["inline_message_id"]
    edited = await bot.edit_message_text("Because.", inline_message_id=feedback.inline_message_id)
    assert edited is True
    seen = (await telegram.view(friend, chat_id=dialogue))["messages"][-1]
    assert (seen["text"], seen["from"]["id"], seen["via_bot"]["id"]) == ("Because.", user, bot.id)
    assert "reply_markup" not in seen


@pytest.mark.parametrize(
    ("kind", "chat_type"), [("group", "group"), ("supergroup", "supergroup"), ("", "sender")]
)
async def test_the_bot_is_told_what_kind_of_chat_it_is_asked_in(
    bot: Bot, telegram: SandboxTelegram, user: int, kind: str, chat_type: str
) -> None:
    chat = await telegram.add_chat([user], type=kind, with_bot=False) if kind else user
    await telegram.ask_inline(user, "", chat_id=chat)
    (update,) = await updates(bot)
    assert update.inline_query
    assert update.inline_query.chat_type == chat_type


async def test_a_message_without_buttons_cannot_be_found_again(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    query = await telegram.ask_inline(user, "why?")
    await bot.answer_inline_query(query, [article(markup=None)])
    assert (await telegram.choose_inline(user, query, "ask"))["inline_message_id"] is None
    feedback = (await bot.get_updates())[-1].chosen_inline_result
    assert feedback
    assert feedback.inline_message_id is None


@pytest.mark.parametrize("base_url", [{"sandbox_inline_feedback": False}], indirect=True)
async def test_without_feedback_the_bot_learns_nothing_of_the_choice(
    bot: Bot, telegram: SandboxTelegram, user: int, friend: int
) -> None:
    dialogue = await telegram.add_dialogue(user, friend)
    assert await sent_inline(bot, telegram, user, dialogue)
    assert [update.event_type for update in await updates(bot)] == ["inline_query"]


@pytest.mark.parametrize("base_url", [{"sandbox_inline_enabled": False}], indirect=True)
async def test_inline_mode_can_be_off(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    assert not (await bot.get_me()).supports_inline_queries
    with pytest.raises(ControlRefused):
        await telegram.ask_inline(user, "why?")


async def test_where_the_bot_is_a_member_it_gets_what_was_sent_through_it(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    group = await telegram.add_chat([user])
    await sent_inline(bot, telegram, user, group)
    messages = [update.message for update in await bot.get_updates() if update.message]
    assert messages[-1].via_bot
    assert messages[-1].via_bot.id == bot.id


async def test_a_press_under_an_inline_message_tells_only_its_id(
    bot: Bot, telegram: SandboxTelegram, user: int, friend: int
) -> None:
    dialogue = await telegram.add_dialogue(user, friend)
    inline_message_id = await sent_inline(bot, telegram, user, dialogue)
    message = (await telegram.view(friend, chat_id=dialogue))["messages"][-1]
    press = await telegram.press(friend, message["message_id"], "wait", chat_id=dialogue)
    callback = (await bot.get_updates())[-1].callback_query
    assert callback
    assert (callback.inline_message_id, callback.message) == (inline_message_id, None)
    assert callback.from_user.id == friend
    await bot.answer_callback_query(callback.id, text="One moment")
    assert (await telegram.callback(press))["text"] == "One moment"


async def test_a_query_is_answered_once_and_an_unknown_one_never(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    query = await telegram.ask_inline(user, "why?")
    await bot.answer_inline_query(query, [article()])
    for query_id in (query, "1"):
        with pytest.raises(TelegramBadRequest, match="query is too old"):
            await bot.answer_inline_query(query_id, [article()])


@pytest.mark.parametrize("base_url", [{"sandbox_inline_query_seconds": 0}], indirect=True)
async def test_a_late_answer_is_refused(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    query = await telegram.ask_inline(user, "why?")
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_inline_query(query, [article()])


@pytest.mark.parametrize(
    ("results", "refusal"),
    [
        ([article(str(number)) for number in range(51)], "too many inline query results specified"),
        ([article(), article()], "RESULT_ID_DUPLICATE"),
        ([article("")], "RESULT_ID_EMPTY"),
        ([article("x" * 65)], "RESULT_ID_INVALID"),
        ([article(title="")], "ARTICLE_TITLE_EMPTY"),
        ([article(text="")], "can't parse InlineQueryResult: message text is empty"),
        ([article(text="x" * 4097)], "MESSAGE_TOO_LONG"),
        (
            [article(content=InputTextMessageContent(message_text="<b>", parse_mode="HTML"))],
            "can't parse InlineQueryResult: can't parse entities",
        ),
        (
            [
                article(
                    markup=InlineKeyboardMarkup(
                        inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="y" * 65)]]
                    )
                )
            ],
            "BUTTON_DATA_INVALID",
        ),
    ],
)
async def test_results_are_checked_as_telegram_checks_them(
    bot: Bot, telegram: SandboxTelegram, user: int, results: list[InlineQueryResultArticle], refusal: str
) -> None:
    query = await telegram.ask_inline(user, "why?")
    with pytest.raises(TelegramBadRequest, match=refusal):
        await bot.answer_inline_query(query, list(results))


async def test_an_answer_is_repeated_as_long_as_the_bot_allows_and_to_whom(
    bot: Bot, telegram: SandboxTelegram, user: int, friend: int
) -> None:
    await bot.answer_inline_query(await telegram.ask_inline(user, "for all"), [article()])
    await bot.answer_inline_query(await telegram.ask_inline(user, "mine"), [article()], is_personal=True)
    await bot.answer_inline_query(await telegram.ask_inline(user, "never"), [article()], cache_time=0)
    await updates(bot)
    for person in (user, friend):
        for words in ("for all", "mine", "never"):
            await telegram.ask_inline(person, words)
    asked = [update.inline_query for update in await bot.get_updates() if update.inline_query]
    assert [(query.from_user.id, query.query) for query in asked] == [
        (user, "never"),
        (friend, "mine"),
        (friend, "never"),
    ]


async def test_a_button_above_the_results_leads_to_the_bot(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    query = await telegram.ask_inline(user, "why?")
    button = InlineQueryResultsButton(text="Settings", start_parameter="settings")
    await bot.answer_inline_query(query, [], button=button, next_offset="20")
    answered = await telegram.request("GET", f"inline_queries/{query}")
    assert answered["button"] == {"text": "Settings", "start_parameter": "settings"}
    assert answered["next_offset"] == "20"
    wrong = InlineQueryResultsButton(text="Settings", start_parameter="a b")
    with pytest.raises(TelegramBadRequest, match="unallowed characters in start_parameter are used"):
        await bot.answer_inline_query(await telegram.ask_inline(user, "how?"), [], button=wrong)


async def test_results_can_be_rich_or_pictures_sent_before_and_change_into_each_other(
    bot: Bot, telegram: SandboxTelegram, user: int, friend: int
) -> None:
    dialogue = await telegram.add_dialogue(user, friend)
    uploaded = await telegram.send_photo(user, png())
    photo_id = uploaded["message"]["photo"][-1]["file_id"]
    query = await telegram.ask_inline(user, "show", chat_id=dialogue)
    rich = InputRichMessageContent(rich_message=InputRichMessage(markdown="| a |\n|---|\n| 1 |"))
    photo = InlineQueryResultCachedPhoto(
        id="p", photo_file_id=photo_id, caption="A picture", reply_markup=WAIT
    )
    await bot.answer_inline_query(query, [article("r", content=rich), photo])
    table = await telegram.choose_inline(user, query, "r", chat_id=dialogue)
    assert table["message"]["rich_message"]["blocks"][0]["type"] == "table"
    picture = await telegram.choose_inline(user, query, "p", chat_id=dialogue)
    assert (picture["message"]["caption"], picture["message"]["photo"][-1]["file_id"]) == (
        "A picture",
        photo_id,
    )
    name = picture["inline_message_id"]
    assert await bot.edit_message_caption(inline_message_id=name, caption="Another") is True
    assert await bot.edit_message_reply_markup(inline_message_id=name, reply_markup=WAIT) is True
    media = InputMediaPhoto(media=photo_id, caption="A third")
    assert await bot.edit_message_media(media, inline_message_id=name) is True
    seen = (await telegram.view(friend, chat_id=dialogue))["messages"][-1]
    assert (seen["caption"], "reply_markup" in seen) == ("A third", False)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_media(media, inline_message_id=name)


async def test_an_unknown_inline_message_cannot_be_edited(bot: Bot, telegram: SandboxTelegram) -> None:
    with pytest.raises(TelegramBadRequest, match="MESSAGE_ID_INVALID"):
        await bot.edit_message_text("x", inline_message_id="AgAAAIoKAABjYWZlYmFiZWNhZmU")
    with pytest.raises(TelegramBadRequest, match="message identifier is not specified"):
        await bot.edit_message_text("x")


@pytest.mark.parametrize("base_url", [{"sandbox_limits_enabled": True}], indirect=True)
async def test_edits_of_one_inline_message_are_paced_apart_from_those_of_another(
    bot: Bot, telegram: SandboxTelegram, user: int, friend: int
) -> None:
    dialogue = await telegram.add_dialogue(user, friend)
    first, second = [await sent_inline(bot, telegram, user, dialogue) for _ in range(2)]
    for number in range(5):
        await bot.edit_message_text(f"{number}", inline_message_id=first)
    with pytest.raises(TelegramRetryAfter):
        await bot.edit_message_text("one too many", inline_message_id=first)
    assert await bot.edit_message_text("done", inline_message_id=second)


async def test_only_the_bot_changes_what_was_sent_through_it(
    bot: Bot, telegram: SandboxTelegram, user: int, friend: int
) -> None:
    dialogue = await telegram.add_dialogue(user, friend)
    await sent_inline(bot, telegram, user, dialogue)
    message = (await telegram.view(user, chat_id=dialogue))["messages"][-1]
    with pytest.raises(ControlRefused):
        await telegram.edit(user, message["message_id"], "mine now", chat_id=dialogue)


async def test_the_bot_never_sees_a_chat_of_two_people(
    bot: Bot, telegram: SandboxTelegram, user: int, friend: int
) -> None:
    dialogue = await telegram.add_dialogue(user, friend)
    assert (await telegram.send(friend, "/ask", chat_id=dialogue))["update_id"] is None
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(dialogue, "hello")
    assert await telegram.add_dialogue(friend, user) == dialogue
    with pytest.raises(ControlRefused):
        await telegram.view(await telegram.add_user("Eve"), chat_id=dialogue)
