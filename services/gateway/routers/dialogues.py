from collections.abc import Sequence
from functools import partial
from typing import Any

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Filter
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.easel import Card, EaselPress, EaselVerb, draw_card
from services.gateway.easel.card import MAX_PROMPT_CHARACTERS
from services.gateway.menus import MAX_WISHES, Screen, Trail
from services.gateway.people import Awaited, Awaiting, Preferences
from services.gateway.pictures import Kind, Order, Style, Version
from services.gateway.pictures.asking import wish_in
from services.gateway.questions import speaker_of
from services.gateway.reading import own_words
from services.gateway.reading.words import without_mention
from services.gateway.routers.addressed import Addressed
from services.gateway.routers.drawing import ratio_of, style_of
from services.gateway.routers.matching import Matching
from services.gateway.routers.menu_drawing import Drawing
from services.gateway.routers.settable import MaySet, is_anonymous_admin
from services.gateway.routers.videos import order_video
from services.gateway.speech import Speech
from services.gateway.text_client import TextClient
from services.gateway.updates import turn_id_in_chat
from services.gateway.videos.asking import wish_in as video_wish_in
from services.gateway.wording import Wording

WISHES = Trail.of(Screen.HOME, Screen.WISHES)


class Expected(Filter):
    """Passes a message of the person whom a dialogue waits for, also when it is edited afterwards.

    `what` is what it waits for; any when None. The handler gets the dialogue as `awaiting`, with this message
    for its answer.
    """

    def __init__(self, what: Awaited | None = None) -> None:
        self._what = what

    async def __call__(self, message: Message, bot: Bot, turn: Turn) -> bool | dict[str, Any]:
        awaiting = turn.preferences.awaiting
        # Who speaks in the name of the group pressed the button under their own.
        if awaiting is None or self._what not in (None, awaiting.what):
            return False
        if not (awaiting.user_id == turn.user_id or is_anonymous_admin(message)):
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
        observer.register(take_wishes, is_own_text, Expected(Awaited.WISHES), Addressed(), MaySet())
    routes.message.register(take_prompt, is_own_text, Expected(Awaited.PICTURE_PROMPT), Addressed())
    routes.message.register(take_film, is_own_text, Expected(Awaited.VIDEO_PROMPT), Addressed())
    routes.message.register(take_change, is_own_text, Expected(Awaited.PICTURE_EDIT), Addressed())
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


async def take_prompt(
    _message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    awaiting: Awaiting,
) -> None:
    """Puts what is to be drawn onto the easel."""
    username = (await bot.me()).username or ""
    words = without_mention(own_words(messages), username)
    wish = wish_in(words, username=username)
    prompt = wish.words if wish is not None and not wish.is_change and wish.words else words
    turn.preferences = await speech.people.change(turn.chat_id, partial(_answered, awaiting=awaiting))
    style = style_of(turn.preferences.picture_style) or Style.ANY
    chosen = EaselPress(EaselVerb.SET, style, ratio_of(turn.preferences.picture_ratio))
    card = Card(prompt[:MAX_PROMPT_CHARACTERS], chosen=chosen)
    await speech.replies.deliver(turn, [draw_card(card, turn.language, wording)])


async def take_change(
    _message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    awaiting: Awaiting,
) -> None:
    """Changes the picture whose button asked what to change."""
    words = without_mention(own_words(messages), (await bot.me()).username)
    series_id, _, number = awaiting.subject.rpartition(":")
    turn.preferences = await speech.people.change(turn.chat_id, partial(_answered, awaiting=awaiting))
    order = Order(
        picture_id=turn.turn_id,
        speaker=speaker_of(turn),
        kind=Kind.EDIT,
        prompt=words,
        version=Version(series_id, int(number)),
    )

    async def make_order() -> Order:
        return order

    await speech.drawings.draw(turn, make_order, asked=words)


async def take_film(
    _message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    awaiting: Awaiting,
) -> None:
    """Orders the video that is described, as the chat's choices say."""
    username = (await bot.me()).username or ""
    words = without_mention(own_words(messages), username)
    wish = video_wish_in(words, username=username)
    turn.preferences = await speech.people.change(turn.chat_id, partial(_answered, awaiting=awaiting))
    await order_video(turn, speech, wish.words if wish is not None and wish.words else words)


def _answered(preferences: Preferences, *, awaiting: Awaiting) -> Preferences:
    return preferences.model_copy(update={"awaiting": awaiting})


def _without_awaiting(preferences: Preferences) -> Preferences:
    return preferences.model_copy(update={"awaiting": None})
