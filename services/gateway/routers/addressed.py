from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import Message, User


class Addressed(Filter):
    """Passes what is meant for the bot: all of a private chat, in groups a mention or a reply to it."""

    async def __call__(self, message: Message, bot: Bot) -> bool:
        me = await bot.me()
        if message.chat.type == "private":
            return True
        replied = message.reply_to_message
        if replied is not None and replied.from_user is not None and replied.from_user.id == me.id:
            return True
        return _mentions(message, me)


def _mentions(message: Message, me: User) -> bool:
    text = message.text or message.caption or ""
    mention = f"@{me.username}".casefold()
    for entity in message.entities or message.caption_entities or ():
        if entity.type == "mention" and entity.extract_from(text).casefold() == mention:
            return True
        if entity.type == "text_mention" and entity.user is not None and entity.user.id == me.id:
            return True
    return False
