from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram.methods import (
    EditMessageText,
    SendDocument,
    SendMessage,
    SendRichMessage,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputRichMessage,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)

from services.gateway.delivery.turn import Turn
from services.gateway.turns import Part

NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
"""A preview would make Telegram fetch an address that a model wrote."""
VOICE_NAME: Final = "answer.ogg"

Speak = Callable[[Turn, str], Awaitable[bytes]]
"""Makes speech of a text: Opus in Ogg. Raises QuartetError."""


class Composer:
    """Makes Bot API calls of parts."""

    def __init__(self, speak: Speak) -> None:
        self._speak = speak

    async def send(self, turn: Turn, part: Part) -> TelegramMethod[Message]:
        """The call that sends a part as a new message. Raises QuartetError where its sound cannot be made."""
        where = _where(turn, part)
        if part.speech:
            sound = await self._speak(turn, part.speech)
            voice = BufferedInputFile(sound, VOICE_NAME)
            return SendVoice(**where, voice=voice, caption=part.text or None, parse_mode=None)
        if part.file is not None:
            document = BufferedInputFile(part.file.content.encode(), part.file.name)
            return SendDocument(**where, document=document, caption=part.text or None, parse_mode=None)
        return send_text(turn, part)

    def edit(self, turn: Turn, part: Part) -> EditMessageText:
        """The call that makes a text message this part. It may be made again and again."""
        if turn.inline_message_id:
            return EditMessageText(inline_message_id=turn.inline_message_id, **_content(part))
        return EditMessageText(chat_id=turn.chat_id, message_id=part.message_id, **_content(part))


def send_text(turn: Turn, part: Part) -> TelegramMethod[Message]:
    """The call that sends a text, formatted or rich."""
    if part.rich is not None:
        rich = InputRichMessage.model_validate(part.rich)
        return SendRichMessage(**_where(turn, part), rich_message=rich)
    return SendMessage(**(_where(turn, part) | _content(part)))


def _where(turn: Turn, part: Part) -> dict[str, Any]:
    reply_to = part.reply_to_message_id
    return {
        "chat_id": turn.chat_id,
        "message_thread_id": turn.thread_id or None,
        "reply_parameters": ReplyParameters(message_id=reply_to, allow_sending_without_reply=True)
        if reply_to
        else None,
        "reply_markup": _keyboard(part),
    }


def _content(part: Part) -> dict[str, Any]:
    if part.rich is not None:
        return {"rich_message": InputRichMessage.model_validate(part.rich), "reply_markup": _keyboard(part)}
    return {
        "text": part.text,
        "entities": [MessageEntity.model_validate(entity) for entity in part.entities] or None,
        "parse_mode": None,
        "link_preview_options": NO_PREVIEW,
        "reply_markup": _keyboard(part),
    }


def _keyboard(part: Part) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup.model_validate(part.keyboard) if part.keyboard else None
