from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import Message


class FromPeople(Filter):
    """Passes what people write: not what bots do, this one's words on someone's behalf included.

    Two bots that answer each other never end.
    """

    async def __call__(self, message: Message, bot: Bot) -> bool:
        if message.via_bot is not None and message.via_bot.id == bot.id:
            return False
        # Who speaks in the name of a group or a channel is shown as a bot of Telegram's own.
        speaks_for_chat = message.sender_chat is not None
        return message.from_user is None or not message.from_user.is_bot or speaks_for_chat
