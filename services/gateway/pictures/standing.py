from aiogram.types import Message

from services.gateway.pictures.buttons import presses_in
from services.gateway.pictures.order import Version


def version_under(message: Message | None, bot_id: int) -> Version | None:
    """Which version of a picture a message of ours shows; a reply to any of them begins a branch."""
    if message is None or message.reply_markup is None:
        return None
    if message.from_user is None or message.from_user.id != bot_id:
        return None
    press = next(presses_in(message.reply_markup.model_dump(exclude_none=True)), None)
    return press.version(bot_id, message.chat.id) if press else None
