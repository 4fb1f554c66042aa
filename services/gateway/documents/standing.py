from dataclasses import dataclass
from typing import Any

from aiogram.types import CallbackQuery, Message

from services.gateway.documents.buttons import DocumentVerb, presses_in
from services.gateway.documents.keyboard import MARK
from services.gateway.updates import STOP_PREFIX


@dataclass(frozen=True)
class About:
    """The documents that something is about, and the answer whose they are, if it is one."""

    document_ids: tuple[str, ...]
    answer_id: str = ""


def about(message: Message, bot_id: int) -> About | None:
    """What a message of ours is about: an answer's documents, those that a list has marked."""
    if message.from_user is None or message.from_user.id != bot_id:
        return None
    presses = list(presses_in(markup_of(message)))
    listed = [(press, text) for press, text in presses if press.verb is DocumentVerb.MARK]
    if listed:
        marked = [press for press, text in listed if text.startswith(MARK)]
        ids = tuple(press.document_id(bot_id, message.chat.id) for press in marked)
        return About(ids) if ids else None
    named = [press for press, _text in presses if press.names_document]
    if not named:
        return None
    ids = tuple(dict.fromkeys(press.document_id(bot_id, message.chat.id) for press in named))
    answers = [press.answer_id(bot_id, message.chat.id) for press in named if press.value]
    return About(ids, answers[0] if answers else "")


def may_be_about_anything(message: Message, bot_id: int) -> bool:
    """Whether a message of ours tells by no button what it is about: a part of an answer, one that grows."""
    if message.from_user is None or message.from_user.id != bot_id:
        return False
    rows = markup_of(message).get("inline_keyboard") or ()
    return all((button.get("callback_data") or "").startswith(STOP_PREFIX) for row in rows for button in row)


def locked_turn(message: Message | None, bot_id: int) -> str:
    """The turn that wants the password which a message of ours asks for; empty where it asks for none."""
    if message is None or message.from_user is None or message.from_user.id != bot_id:
        return ""
    for press, _text in presses_in(markup_of(message)):
        if press.verb is DocumentVerb.KEY and press.value:
            return press.answer_id(bot_id, message.chat.id)
    return ""


def text_of_pressed(query: CallbackQuery) -> str:
    """What the button says that was pressed; empty where Telegram no longer shows its message."""
    if not isinstance(query.message, Message):
        return ""
    rows = markup_of(query.message).get("inline_keyboard") or ()
    texts = [button["text"] for row in rows for button in row if button.get("callback_data") == query.data]
    return str(texts[0]) if texts else ""


def markup_of(message: Message) -> dict[str, Any]:
    """The buttons under a message, as the Bot API shows them."""
    return message.reply_markup.model_dump(exclude_none=True) if message.reply_markup else {}
