from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandStart
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.questions import conversation_of, speaker_of
from services.gateway.speech import Speech
from services.gateway.text_client import TextClient
from services.gateway.wording import Wording

MAX_NAMED_COMMAND = 64


def router() -> Router:
    """Commands, the known ones and the others."""
    routes = Router(name="commands")
    routes.message.register(start, CommandStart())
    routes.message.register(help_, Command("help"))
    routes.message.register(new, Command("new"))
    routes.message.register(unknown, F.text.startswith("/"))
    return routes


async def start(message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    name = message.from_user.first_name if message.from_user else ""
    text = wording.say("start", turn.language, name=name)
    await speech.replies.say(turn, text)


async def help_(_message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    await speech.replies.say(turn, wording.say("help", turn.language))


async def new(
    _message: Message, bot: Bot, turn: Turn, speech: Speech, wording: Wording, text_client: TextClient
) -> None:
    await text_client.clear(conversation_of(turn, bot.id), speaker_of(turn))
    await speech.replies.say(turn, wording.say("new-conversation", turn.language))


async def unknown(message: Message, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    command = (message.text or "").split()[0][:MAX_NAMED_COMMAND]
    name, _, addressee = command.partition("@")
    username = (await bot.me()).username or ""
    is_for_this_bot = addressee.casefold() == username.casefold()
    if turn.is_private or is_for_this_bot:
        await speech.replies.say(turn, wording.say("unknown-command", turn.language, command=name))
