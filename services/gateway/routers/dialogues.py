from collections.abc import Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Filter
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.menus import MAX_WISHES, Screen, Trail
from services.gateway.people import Awaiting, Preferences
from services.gateway.reading import own_words
from services.gateway.reading.words import without_mention
from services.gateway.routers.addressed import Addressed
from services.gateway.routers.matching import Matching
from services.gateway.routers.menu_drawing import Drawing
from services.gateway.routers.settable import MaySet, is_anonymous_admin
from services.gateway.speech import Speech
from services.gateway.text_client import TextClient
from services.gateway.updates import turn_id_in_chat
from services.gateway.wording import Wording

WISHES = Trail.of(Screen.HOME, Screen.WISHES)


class Expected(Filter):
    """Passes a message of the person whom a dialogue waits for, also when it is edited afterwards.

    The handler gets the dialogue as `awaiting`, with this message for its answer.
    """

    async def __call__(self, message: Message, bot: Bot, turn: Turn) -> bool | dict[str, Any]:
        awaiting = turn.preferences.awaiting
        # Who speaks in the name of the group pressed the button under their own.
        if awaiting is None or not (awaiting.user_id == turn.user_id or is_anonymous_admin(message)):
            return False
        sent_at = message.date.timestamp() if message.edit_date else turn.received_at
        suffix = f"{message.message_id}.{int(message.date.timestamp())}"
        turn_id = turn_id_in_chat(bot.id, message.chat.id, suffix)
        if not awaiting.is_met_by(turn_id, turn.thread_id, sent_at):
            return False
        return {"awaiting": awaiting.model_copy(update={"answered_by": turn_id})}


def router() -> Router:
    """Messages that a menu has asked for. They come before all else, or they would be taken for questions."""
    routes = Router(name="dialogues")
    is_command = F.text.startswith("/")
    routes.message.register(cancel, Matching(is_command), Expected())
    is_own_text = Matching(F.text & ~F.forward_origin & ~is_command)
    for observer in (routes.message, routes.edited_message):
        observer.register(take_wishes, is_own_text, Expected(), Addressed(), MaySet())
    return routes


async def cancel(_message: Message, turn: Turn, speech: Speech) -> None:
    """A command ends the dialogue, and is then obeyed."""
    turn.preferences = await speech.people.change(turn.chat_id, _without_awaiting)
    raise SkipHandler


async def take_wishes(
    _message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    text_client: TextClient,
    awaiting: Awaiting,
) -> None:
    """Keeps the chat's own instructions and shows them; too long ones are asked for again."""
    wishes = without_mention(own_words(messages), (await bot.me()).username)
    note, trail = "", WISHES.to(Screen.WRITING)
    if len(wishes) > MAX_WISHES:
        note = wording.say("wishes-too-long", turn.language, count=len(wishes), limit=MAX_WISHES)
    elif wishes:

        def change(preferences: Preferences) -> Preferences:
            return preferences.model_copy(update={"wishes": wishes, "awaiting": awaiting})

        turn.preferences = await speech.people.change(turn.chat_id, change)
        note, trail = wording.say("wishes-saved", turn.language), WISHES
    part = await Drawing(bot, turn, wording, text_client).part(trail, note=note)
    await speech.replies.deliver(turn, [part])


def _without_awaiting(preferences: Preferences) -> Preferences:
    return preferences.model_copy(update={"awaiting": None})
