from functools import partial

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandStart
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.menus import Screen, Trail
from services.gateway.questions import conversation_of, speaker_of
from services.gateway.routers.matching import Matching
from services.gateway.routers.menu_drawing import Drawing
from services.gateway.routers.settable import MaySet
from services.gateway.speech import Speech
from services.gateway.text_client import TextClient
from services.gateway.wording import Wording

MAX_NAMED_COMMAND = 64
MENUS = {
    ("menu", "settings"): Trail.of(Screen.HOME),
    ("roles", "role"): Trail.of(Screen.HOME, Screen.ROLES),
    ("models", "model"): Trail.of(Screen.HOME, Screen.MODELS),
    ("instructions",): Trail.of(Screen.HOME, Screen.WISHES),
    ("memory",): Trail.of(Screen.HOME, Screen.MEMORY),
    ("voice",): Trail.of(Screen.HOME, Screen.VOICE),
    ("language",): Trail.of(Screen.HOME, Screen.LANGUAGE),
}
"""What each command opens; in groups for admins only."""


def router() -> Router:
    """Commands, the known ones and the others."""
    routes = Router(name="commands")
    # What is forwarded is spoken about, not obeyed.
    routes.message.filter(Matching(F.forward_origin.is_(None)))
    routes.message.register(partial(show, trail=Trail.of(Screen.START)), CommandStart())
    routes.message.register(partial(show, trail=Trail.of(Screen.HELP)), Command("help"))
    routes.message.register(new, Command("new"))
    for names, trail in MENUS.items():
        routes.message.register(partial(show, trail=trail), Command(*names), MaySet())
        routes.message.register(refuse, Command(*names))
    routes.message.register(unknown, Matching(F.text.startswith("/")))
    return routes


async def show(
    message: Message,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    text_client: TextClient,
    *,
    trail: Trail,
) -> None:
    """Opens a menu."""
    name = message.from_user.first_name if message.from_user else ""
    part = await Drawing(bot, turn, wording, text_client).part(trail, name=name)
    await speech.replies.deliver(turn, [part])


async def refuse(_message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    await speech.replies.say(turn, wording.say("only-admins", turn.language))


async def new(
    _message: Message, bot: Bot, turn: Turn, speech: Speech, wording: Wording, text_client: TextClient
) -> None:
    await text_client.clear(conversation_of(turn, bot.id), speaker_of(turn))
    await speech.inquiries.open(turn, ())
    await speech.replies.say(turn, wording.say("new-conversation", turn.language))


async def unknown(message: Message, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    command = (message.text or "").split()[0][:MAX_NAMED_COMMAND]
    name, _, addressee = command.partition("@")
    username = (await bot.me()).username or ""
    is_for_this_bot = addressee.casefold() == username.casefold()
    if turn.is_private or is_for_this_bot:
        await speech.replies.say(turn, wording.say("unknown-command", turn.language, command=name))
