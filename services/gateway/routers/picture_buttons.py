from aiogram import Bot, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.people import Awaited
from services.gateway.pictures import AspectRatio, Kind, Order, Style
from services.gateway.pictures.buttons import PicturePress, Verb
from services.gateway.pictures.keyboard import picture_keyboard, standing_in
from services.gateway.pictures.standing import markup_under, prompt_under
from services.gateway.questions import speaker_of
from services.gateway.routers.awaited import await_message
from services.gateway.routers.pressed import Pressed
from services.gateway.speech import Speech
from services.gateway.wording import Wording


def router() -> Router:
    """The buttons under a picture that draw the next version of it, on behalf of whoever presses them."""
    routes = Router(name="picture buttons")
    routes.callback_query.register(draw, Pressed(Verb.VARY))
    routes.callback_query.register(draw_chosen, Pressed(Verb.STYLE, Verb.FORMAT, with_value=True))
    routes.callback_query.register(ask_for_words, Pressed(Verb.EDIT))
    return routes


async def draw(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    press: PicturePress,
    style: Style | None = None,
    aspect_ratio: AspectRatio | None = None,
) -> None:
    """The same once more, perhaps in another style or format: a message of its own, under this one."""
    if turn.purpose is not Purpose.RETRY:
        await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id))
    turn.reply_to_message_id = query.message.message_id if query.message else None
    order = Order(
        picture_id=turn.turn_id,
        speaker=speaker_of(turn),
        kind=Kind.VARY,
        style=style,
        aspect_ratio=aspect_ratio,
        version=press.version(bot.id, turn.chat_id),
    )

    async def make_order() -> Order:
        return order

    await speech.drawings.draw(turn, make_order, asked=prompt_under(query))


async def draw_chosen(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, press: PicturePress
) -> None:
    """The same in the style or the format that was chosen; the choice makes room for the buttons again."""
    style = next((style for style in Style if press.verb is Verb.STYLE and style == press.value), None)
    ratio = next((ratio for ratio in AspectRatio if press.verb is Verb.FORMAT and ratio == press.value), None)
    if style is None and ratio is None:
        text = wording.say("stale-button", turn.language)
        await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))
        return
    if turn.purpose is not Purpose.RETRY and query.message is not None:
        standing = standing_in(markup_under(query), press.version(bot.id, turn.chat_id))
        buttons = picture_keyboard(standing, turn.language, wording)
        await speech.replies.swap_keyboard(turn, query.message.message_id, buttons)
    await draw(query, bot, turn, speech, press, style, ratio)


async def ask_for_words(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, press: PicturePress
) -> None:
    """Asks what to change, and waits for it. In a group, where many speak, a reply to the picture says it."""
    if not turn.is_private:
        text = wording.say("picture-edit-ask-group", turn.language)
        method = AnswerCallbackQuery(callback_query_id=query.id, text=text, show_alert=True)
        await speech.replies.toast(turn, method)
        return
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id))
    version = press.version(bot.id, turn.chat_id)
    subject = f"{version.series_id}:{version.number}"
    await await_message(turn, speech, Awaited.PICTURE_EDIT, subject=subject)
    turn.reply_to_message_id = query.message.message_id if query.message else None
    await speech.replies.say(turn, wording.say("picture-edit-ask", turn.language))
