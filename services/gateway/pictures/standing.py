from typing import Any, Final

from aiogram.enums import MessageEntityType
from aiogram.types import CallbackQuery, Message

from services.gateway.pictures.buttons import presses_in
from services.gateway.pictures.order import Version

QUOTES: Final = (MessageEntityType.BLOCKQUOTE, MessageEntityType.EXPANDABLE_BLOCKQUOTE)


def version_under(message: Message | None, bot_id: int) -> Version | None:
    """Which version of a picture a message of ours shows; a reply to any of them begins a branch."""
    if message is None or message.from_user is None or message.from_user.id != bot_id:
        return None
    press = next(presses_in(_markup_of(message)), None)
    return press.version(bot_id, message.chat.id) if press else None


def markup_under(query: CallbackQuery) -> dict[str, Any]:
    """The buttons of which one was pressed, as the Bot API shows them; none of a message that is no more."""
    return _markup_of(query.message) if isinstance(query.message, Message) else {}


def prompt_under(query: CallbackQuery) -> str:
    """The prompt that stands under the picture whose button was pressed, as far as it is shown there."""
    message = query.message
    if not isinstance(message, Message) or not message.caption:
        return ""
    quotes = [entity for entity in message.caption_entities or () if entity.type in QUOTES]
    return quotes[0].extract_from(message.caption) if quotes else ""


def _markup_of(message: Message) -> dict[str, Any]:
    return message.reply_markup.model_dump(exclude_none=True) if message.reply_markup else {}
