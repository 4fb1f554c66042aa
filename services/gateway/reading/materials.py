from collections.abc import Iterator, Sequence
from typing import Final

from aiogram.types import (
    ExternalReplyInfo,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUnion,
    MessageOriginUser,
)

from services.gateway.dialogue import Material

MAX_TITLE_CHARACTERS: Final = 120


def materials_of(messages: Sequence[Message], bot_id: int) -> list[Material]:
    """What a question speaks about: the message it replies to, what is quoted of it, what is forwarded."""
    materials = [_forwarded(message) for message in messages if message.forward_origin is not None]
    for message in messages:
        materials += _context(message, bot_id)
    return [material for material in materials if material.text.strip()]


def name_of(message: Message) -> str:
    """Who sent a message."""
    if message.sender_chat is not None:
        return _shortened(message.sender_chat.full_name)
    return _shortened(message.from_user.full_name) if message.from_user else ""


def forwarded_from(message: Message) -> str:
    """The title of what is forwarded."""
    origin = message.forward_origin
    return f"forwarded from {origin_name(origin)}" if origin else "forwarded"


def origin_name(origin: MessageOriginUnion) -> str:
    """Who said it first."""
    match origin:
        case MessageOriginUser():
            return _shortened(origin.sender_user.full_name)
        case MessageOriginHiddenUser():
            return _shortened(origin.sender_user_name)
        case MessageOriginChat():
            return _shortened(origin.sender_chat.full_name)
        case MessageOriginChannel():
            return _shortened(origin.chat.full_name)
    return "someone"


def _forwarded(message: Message) -> Material:
    return Material(forwarded_from(message), message.text or message.caption or "")


def _context(message: Message, bot_id: int) -> Iterator[Material]:
    replied = message.reply_to_message
    if replied is not None:
        is_ours = replied.from_user is not None and replied.from_user.id == bot_id
        title = "your own earlier message" if is_ours else f"message by {name_of(replied)}"
        yield Material(title, replied.text or replied.caption or "")
    if message.external_reply is not None:
        # Of a message in another chat Telegram shows only what is quoted.
        yield Material(f"quoted from {_external_name(message.external_reply)}", _quoted(message))
    elif message.quote is not None and replied is not None and message.quote.text != replied.text:
        yield Material("the part of that message that is meant", message.quote.text)


def _quoted(message: Message) -> str:
    return message.quote.text if message.quote else ""


def _external_name(reply: ExternalReplyInfo) -> str:
    return origin_name(reply.origin)


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_TITLE_CHARACTERS else name[: MAX_TITLE_CHARACTERS - 1] + "…"
