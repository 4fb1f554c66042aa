from dataclasses import replace
from typing import Any

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.chassis.errors import QuartetError
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.easel import Card, EaselPress, EaselVerb, card_under, draw_card, parse_easel_press
from services.gateway.easel.card import EXAMPLES, MAX_PROMPT_CHARACTERS
from services.gateway.easel.press import easel_of
from services.gateway.group_admins import GroupAdmins
from services.gateway.image_client import ImageClient
from services.gateway.people import Awaited
from services.gateway.pictures import Kind, Order, Style
from services.gateway.pictures.buttons import PicturePress, Verb
from services.gateway.pictures.refusals import refusal
from services.gateway.questions import speaker_of
from services.gateway.routers.awaited import await_message
from services.gateway.routers.drawing import hint_for, ratio_of, remember_drawing, style_of
from services.gateway.routers.pressed import Pressed
from services.gateway.routers.settable import MaySet
from services.gateway.speech import Speech
from services.gateway.text_client import TextClient
from services.gateway.turns import Part
from services.gateway.wording import Wording

LISTS = (EaselVerb.STYLES, EaselVerb.RATIOS)


class EaselPressed(Filter):
    """Passes a press of certain buttons of the easel, which the handler gets as `press`."""

    def __init__(self, *verbs: EaselVerb) -> None:
        self._verbs = verbs

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        press = parse_easel_press(query.data or "")
        return {"press": press} if press is not None and press.verb in self._verbs else False


def router() -> Router:
    """The easel's buttons, and the one under a picture that puts its description there."""
    routes = Router(name="easel")
    routes.callback_query.register(open_empty, EaselPressed(EaselVerb.OPEN))
    routes.callback_query.register(choose, EaselPressed(*LISTS, EaselVerb.SET))
    routes.callback_query.register(show_example, EaselPressed(EaselVerb.EXAMPLE))
    routes.callback_query.register(improve, EaselPressed(EaselVerb.IMPROVE))
    routes.callback_query.register(take_back, EaselPressed(EaselVerb.MINE))
    routes.callback_query.register(draw, EaselPressed(EaselVerb.DRAW))
    routes.callback_query.register(shut, EaselPressed(EaselVerb.SHUT))
    routes.callback_query.register(improve_pictures, Pressed(Verb.IMPROVE))
    return routes


async def open_empty(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    """Asks what to draw, in a message of its own."""
    await _toast(query, turn, speech)
    await await_message(turn, speech, Awaited.PICTURE_PROMPT)
    preferences = turn.preferences
    style = style_of(preferences.picture_style) or Style.ANY
    chosen = EaselPress(EaselVerb.SET, style, ratio_of(preferences.picture_ratio))
    await speech.replies.deliver(turn, [draw_card(Card(chosen=chosen), turn.language, wording)])


async def choose(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    group_admins: GroupAdmins,
    press: EaselPress,
) -> None:
    """Shows the styles or the ratios, or takes one. Chosen before anything is described, it stays chosen."""
    await _toast(query, turn, speech)
    card = card_under(query, press)
    choosing = press.verb if press.verb in LISTS else None
    # A group's own manner is for its admins to choose.
    if choosing is None and not card.prompt and await MaySet()(query, turn, speech, group_admins):
        manner = {"picture_style": str(press.style), "picture_ratio": str(press.aspect_ratio or "")}
        await speech.people.change(turn.chat_id, lambda own: own.model_copy(update=manner))
    await _redraw(query, turn, speech, wording, card, choosing=choosing)


async def show_example(
    query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, press: EaselPress
) -> None:
    """Puts an example onto the easel, as if it had been written."""
    await _toast(query, turn, speech)
    number = press.number if press.number in EXAMPLES else EXAMPLES[0]
    prompt = wording.say(f"easel-example-{number}", turn.language)
    chosen = replace(press, verb=EaselVerb.SET, number=0)
    await _redraw(query, turn, speech, wording, Card(prompt, chosen=chosen))


async def improve(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    text_client: TextClient,
    press: EaselPress,
) -> None:
    """Shows a better description above the person's own; nothing is drawn from it yet."""
    await _toast(query, turn, speech, wording.say("easel-improving", turn.language))
    card = card_under(query, press)
    own = card.own or card.prompt
    try:
        improved = await text_client.improve_image_prompt(own, speaker_of(turn))
    except QuartetError as error:
        await _redraw(query, turn, speech, wording, card, note=wording.error(error, turn.language))
        return
    await _redraw(query, turn, speech, wording, _improved(own, improved, press))


async def take_back(
    query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, press: EaselPress
) -> None:
    """The person's own words again."""
    await _toast(query, turn, speech)
    card = card_under(query, press)
    await _redraw(query, turn, speech, wording, Card(card.own or card.prompt, chosen=press))


async def draw(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, press: EaselPress
) -> None:
    """Draws what is described. The easel stays, for another try in another manner."""
    card = card_under(query, press)
    if turn.purpose is not Purpose.RETRY:
        await _toast(query, turn, speech)
    if not card.prompt:
        await speech.replies.say(turn, wording.say("easel-forgotten", turn.language))
        return
    turn.reply_to_message_id = query.message.message_id if query.message else None
    version = press.version(bot.id, turn.chat_id)
    order = Order(
        picture_id=turn.turn_id,
        speaker=speaker_of(turn),
        kind=Kind.VARY if version else Kind.DRAW,
        prompt=card.prompt,
        style=press.style,
        aspect_ratio=press.aspect_ratio,
        version=version,
    )

    async def make_order() -> Order:
        return order

    await speech.drawings.draw(turn, make_order, asked=card.prompt, hint=hint_for(turn, wording))
    await remember_drawing(turn, speech)


async def shut(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    """Takes the easel away, and waits for no description any more."""
    await _toast(query, turn, speech)
    awaiting = turn.preferences.awaiting
    if awaiting is not None and awaiting.what is Awaited.PICTURE_PROMPT and awaiting.user_id == turn.user_id:
        await speech.people.change(turn.chat_id, lambda own: own.model_copy(update={"awaiting": None}))
    if query.message is not None and not await speech.replies.remove(turn, query.message.message_id):
        closed = wording.say("easel-closed", turn.language)
        await speech.replies.redraw(turn, query.message.message_id, Part(text=closed))


async def improve_pictures(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    text_client: TextClient,
    image_client: ImageClient,
    press: PicturePress,
) -> None:
    """Puts a picture's description onto the easel, improved; drawn from it, it is the next version."""
    await _toast(query, turn, speech, wording.say("easel-improving", turn.language))
    version = press.version(bot.id, turn.chat_id)
    try:
        picture = await image_client.fetch(version, speaker_of(turn))
        improved = await text_client.improve_image_prompt(picture.prompt, speaker_of(turn))
    except QuartetError as error:
        await speech.replies.say(turn, refusal(error, turn.language, wording))
        return
    suffix, number = easel_of(version)
    chosen = EaselPress(EaselVerb.SET, picture.style, picture.aspect_ratio, suffix, number)
    turn.reply_to_message_id = query.message.message_id if query.message else None
    card = _improved(picture.prompt, improved, chosen)
    await speech.replies.deliver(turn, [draw_card(card, turn.language, wording)])


def _improved(own: str, improved: str, chosen: EaselPress) -> Card:
    return Card(improved[:MAX_PROMPT_CHARACTERS], own[:MAX_PROMPT_CHARACTERS], chosen)


async def _redraw(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    card: Card,
    *,
    note: str = "",
    choosing: EaselVerb | None = None,
) -> None:
    if query.message is not None:
        part = draw_card(card, turn.language, wording, note=note, choosing=choosing)
        await speech.replies.redraw(turn, query.message.message_id, part)


async def _toast(query: CallbackQuery, turn: Turn, speech: Speech, text: str | None = None) -> None:
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))
