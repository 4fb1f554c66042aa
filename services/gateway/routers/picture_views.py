from aiogram import Bot, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.chassis.errors import QuartetError, ResourceNotFound
from services.gateway.delivery.turn import Turn
from services.gateway.pictures import Version
from services.gateway.pictures.buttons import PicturePress, Verb
from services.gateway.pictures.keyboard import (
    Standing,
    format_keyboard,
    picture_keyboard,
    standing_in,
    style_keyboard,
)
from services.gateway.pictures.part import part_of
from services.gateway.pictures.refusals import refusal
from services.gateway.pictures.standing import markup_under
from services.gateway.questions import speaker_of
from services.gateway.routers.pressed import Pressed
from services.gateway.speech import Speech
from services.gateway.turns import Part, PictureRef
from services.gateway.wording import Wording

KEYBOARDS = {Verb.STYLE: style_keyboard, Verb.FORMAT: format_keyboard, Verb.SHUT: picture_keyboard}


def router() -> Router:
    """The buttons under a picture that draw nothing: other versions, choices, the file. They are for all."""
    routes = Router(name="picture views")
    routes.callback_query.register(walk, Pressed(Verb.BACK, Verb.ON))
    routes.callback_query.register(count, Pressed(Verb.HERE, with_value=True))
    routes.callback_query.register(choose, Pressed(*KEYBOARDS))
    routes.callback_query.register(send_original, Pressed(Verb.ORIGINAL))
    return routes


async def walk(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    press: PicturePress,
) -> None:
    """Another version, in the place of this one; at either end a word that there is none."""
    here = press.version(bot.id, turn.chat_id)
    wanted = Version(here.series_id, here.number + (1 if press.verb is Verb.ON else -1))
    if wanted.number < 1:
        await _toast(query, turn, speech, wording.say("picture-first", turn.language))
        return
    try:
        picture = await speech.portfolio.version(wanted, speaker_of(turn))
    except ResourceNotFound:
        if press.verb is Verb.ON:
            await count(query, bot, turn, speech, wording, press)
        else:
            await _toast(query, turn, speech, wording.say("picture-gone", turn.language))
        return
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    await _toast(query, turn, speech)
    with speech.portfolio.holding(picture):
        await speech.replies.redraw(turn, _pressed(query), part_of(picture, turn.language, wording))


async def count(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    press: PicturePress,
) -> None:
    """Which version this is, and of how many; the buttons know it from now on."""
    try:
        picture = await speech.portfolio.version(press.version(bot.id, turn.chat_id), speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    number, versions = picture.version.number, picture.version_count
    is_last = press.verb is Verb.ON and number == versions
    text = wording.say("picture-last", turn.language) if is_last else _here(number, versions, turn, wording)
    await _toast(query, turn, speech, text)
    if press.value != str(versions):
        keyboard = picture_keyboard(Standing.of(picture), turn.language, wording)
        await speech.replies.swap_keyboard(turn, _pressed(query), keyboard)


async def choose(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, press: PicturePress
) -> None:
    """The styles or the formats instead of the buttons, or the buttons again."""
    await _toast(query, turn, speech)
    standing = standing_in(markup_under(query), press.version(bot.id, turn.chat_id))
    keyboard = KEYBOARDS[press.verb](standing, turn.language, wording)
    await speech.replies.swap_keyboard(turn, _pressed(query), keyboard)


async def send_original(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    press: PicturePress,
) -> None:
    """The picture as a file that nobody compresses."""
    try:
        picture = await speech.portfolio.version(press.version(bot.id, turn.chat_id), speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    await _toast(query, turn, speech, wording.say("picture-sending-original", turn.language))
    turn.reply_to_message_id = _pressed(query)
    file = Part(picture=PictureRef(picture_id=picture.picture_id, is_file=True))
    await speech.replies.deliver(turn, [file])


def _here(number: int, versions: int, turn: Turn, wording: Wording) -> str:
    return wording.say("picture-here", turn.language, number=number, count=versions)


def _pressed(query: CallbackQuery) -> int:
    return query.message.message_id if query.message else 0


async def _toast(query: CallbackQuery, turn: Turn, speech: Speech, text: str | None = None) -> None:
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))
