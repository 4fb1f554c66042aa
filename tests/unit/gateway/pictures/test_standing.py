from typing import Any

from aiogram.types import Message

from services.gateway.pictures import Version
from services.gateway.pictures.keyboard import Standing, picture_keyboard, style_keyboard
from services.gateway.pictures.standing import version_under
from services.gateway.wording import Language, Wording
from tests.unit.gateway.pictures.prints import BOT_ID, CHAT_ID, SERIES, a_picture

STANDING = Standing.of(a_picture())
WORDING = Wording.load()


def a_message(sender_id: int, markup: dict[str, Any] | None) -> Message:
    return Message.model_validate(
        {
            "message_id": 5,
            "date": 1_700_000_000,
            "chat": {"id": CHAT_ID, "type": "supergroup"},
            "from": {"id": sender_id, "is_bot": True, "first_name": "Quartet"},
            "reply_markup": markup,
        }
    )


def test_a_reply_finds_the_version_it_is_to_whatever_buttons_are_shown() -> None:
    for keyboard in (picture_keyboard, style_keyboard):
        message = a_message(BOT_ID, keyboard(STANDING, Language.EN, WORDING))
        assert version_under(message, BOT_ID) == Version(SERIES, 12)


def test_messages_without_our_buttons_show_no_version() -> None:
    assert version_under(None, BOT_ID) is None
    assert version_under(a_message(BOT_ID, None), BOT_ID) is None
    other = {"inline_keyboard": [[{"text": "?", "callback_data": "again:7.1"}]]}
    assert version_under(a_message(BOT_ID, other), BOT_ID) is None


def test_another_bots_buttons_name_nothing_of_ours() -> None:
    message = a_message(777, picture_keyboard(STANDING, Language.EN, WORDING))
    assert version_under(message, BOT_ID) is None
