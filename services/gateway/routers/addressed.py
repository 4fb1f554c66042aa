from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import Message


class Addressed(Filter):
    """Passes what is meant for the bot: all of a private chat, in groups a mention or a reply to it."""

    async def __call__(self, message: Message, bot: Bot) -> bool:
        if message.chat.type == "private":
            return True
        me = await bot.me()
        replied = message.reply_to_message
        if replied is not None and replied.from_user is not None and replied.from_user.id == me.id:
            return True
        return any(
            entity.extract_from(message.text or "").casefold() == f"@{me.username}".casefold()
            for entity in message.entities or ()
            if entity.type == "mention"
        )


def without_mention(text: str, username: str | None) -> str:
    """The question without the "@bot" that only called for attention."""
    mention = f"@{username}"
    stripped = text.strip()
    if stripped.casefold().startswith(mention.casefold()):
        return stripped[len(mention) :].lstrip(" ,:")
    if stripped.casefold().endswith(mention.casefold()):
        return stripped[: -len(mention)].rstrip(" ,:")
    return stripped
