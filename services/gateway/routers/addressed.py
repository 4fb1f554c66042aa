from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import Message


class Addressed(Filter):
    """Passes what is meant for the bot: all of a private chat, in groups a mention or a reply to it."""

    async def __call__(self, message: Message, bot: Bot) -> bool:
        me = await bot.me()
        if message.via_bot is not None and message.via_bot.id == me.id:
            # What the bot itself wrote on someone's behalf.
            return False
        if message.chat.type == "private":
            return True
        replied = message.reply_to_message
        if replied is not None and replied.from_user is not None and replied.from_user.id == me.id:
            return True
        return _mentions(message, f"@{me.username}")


def _mentions(message: Message, mention: str) -> bool:
    text = message.text or message.caption or ""
    return any(
        entity.extract_from(text).casefold() == mention.casefold()
        for entity in message.entities or message.caption_entities or ()
        if entity.type == "mention"
    )
