from collections.abc import Callable
from functools import partial
from typing import Final

from aiogram import Bot, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.chassis.errors import QuartetError
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.links.addresses import Addresses
from services.gateway.links.link import Form as LinkForm
from services.gateway.people import Preferences
from services.gateway.pictures.buttons import PicturePress
from services.gateway.pictures.buttons import Verb as PictureVerb
from services.gateway.questions import speaker_of
from services.gateway.routers.pressed import Pressed as PicturePressed
from services.gateway.routers.settable import MaySet
from services.gateway.routers.video_pressed import Pressed, VideoPressed
from services.gateway.routers.videos import ask_for_words, kept_picture, order_video, ratio_of
from services.gateway.speech import Speech
from services.gateway.turns import Part, VideoRef
from services.gateway.videos import Job, Order
from services.gateway.videos.buttons import Verb
from services.gateway.videos.card import format_keyboard, video_keyboard
from services.gateway.videos.choosing import choice_part, chosen
from services.gateway.wording import Wording

MAX_UPLOAD_BYTES: Final = 50_000_000
"""What bots may send: https://core.telegram.org/bots/api#senddocument"""


def router() -> Router:
    """The buttons under a video, and under the message that waits for one."""
    routes = Router(name="video buttons")
    routes.callback_query.register(cancel, VideoPressed(Verb.CANCEL))
    routes.callback_query.register(repeat, VideoPressed(Verb.AGAIN))
    routes.callback_query.register(lengthen, VideoPressed(Verb.LONGER))
    routes.callback_query.register(offer_formats, VideoPressed(Verb.FORMAT))
    routes.callback_query.register(reformat, VideoPressed(Verb.FORMAT, with_value=True))
    routes.callback_query.register(shut, VideoPressed(Verb.SHUT))
    routes.callback_query.register(send_file, VideoPressed(Verb.FILE))
    routes.callback_query.register(choose, VideoPressed(Verb.SET, with_value=True), MaySet())
    routes.callback_query.register(refuse, VideoPressed(Verb.SET, with_value=True))
    routes.callback_query.register(open_dialogue, VideoPressed(Verb.SET))
    routes.callback_query.register(animate, PicturePressed(PictureVerb.ANIMATE))
    return routes


async def cancel(
    _query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, pressed: Pressed
) -> None:
    """Has a video not made any more. What becomes of its message comes with the event of its end."""
    job = await pressed.job()
    if job is None:
        return
    if job.speaker.user_id != turn.user_id:
        await pressed.toast(wording.say("video-not-yours", turn.language))
        return
    try:
        job = await pressed.videos.cancel(job.job_id, speaker_of(turn))
    except QuartetError as error:
        await pressed.refuse(error)
        return
    await pressed.toast("" if job.state.is_final else wording.say("video-cancelling", turn.language))
    if not job.state.is_final:
        await speech.screenings.progress(job)


async def repeat(_query: CallbackQuery, pressed: Pressed) -> None:
    """The same once more: a video of its own, in a message of its own."""
    if (former := await pressed.job()) is not None:
        await _order_like(pressed, former)


async def lengthen(_query: CallbackQuery, turn: Turn, wording: Wording, pressed: Pressed) -> None:
    """The same in the next length that its model has."""
    former = await pressed.job()
    if former is None:
        return
    try:
        models = {model.model: model for model in await pressed.videos.models()}
    except QuartetError as error:
        await pressed.refuse(error)
        return
    model = models.get(former.model)
    seconds = model.longer_than(former.duration_seconds) if model else None
    if seconds is None:
        await pressed.toast(wording.say("video-longest", turn.language))
        return
    await _order_like(pressed, former, seconds=seconds)


async def offer_formats(
    _query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, pressed: Pressed
) -> None:
    """The formats to choose from, instead of the other buttons."""
    await pressed.toast()
    if pressed.message_id is not None:
        buttons = format_keyboard(pressed.press.job_id, turn.language, wording)
        await speech.replies.swap_keyboard(turn, pressed.message_id, buttons)


async def reformat(_query: CallbackQuery, turn: Turn, pressed: Pressed) -> None:
    """The same in the format that was chosen; the choice makes room for the buttons again."""
    former = await pressed.job()
    if former is None:
        return
    if turn.purpose is not Purpose.RETRY:
        await _show_buttons(pressed, former)
    await _order_like(pressed, former, ratio=pressed.press.value)


async def shut(_query: CallbackQuery, pressed: Pressed) -> None:
    """The buttons of the video, instead of a choice."""
    if (job := await pressed.job()) is not None:
        await pressed.toast()
        await _show_buttons(pressed, job)


async def send_file(
    _query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    addresses: Addresses | None,
    pressed: Pressed,
) -> None:
    """What the vendor made, bit by bit: as a file, or by a link where it is too large for one."""
    job = await pressed.job()
    if job is None:
        return
    if job.film is None:
        await pressed.toast(wording.say("video-gone", turn.language))
        return
    await pressed.toast(wording.say("picture-sending-original", turn.language))
    turn.leave_lane()
    turn.reply_to_message_id = pressed.message_id
    part = Part(picture=VideoRef(job_id=job.job_id, is_file=True))
    if job.film.original_size_bytes > MAX_UPLOAD_BYTES:
        part = _link(turn, wording, job, addresses)
    await speech.replies.deliver(turn, [part])


async def choose(
    _query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, pressed: Pressed
) -> None:
    """Notes how the next videos are to be, and shows it."""
    change: Callable[[Preferences], Preferences] = partial(chosen, value=pressed.press.value)
    turn.preferences = await speech.people.change(turn.chat_id, change)
    try:
        models = await pressed.videos.models()
        allowance = await pressed.videos.allowance(speaker_of(turn))
    except QuartetError as error:
        await pressed.refuse(error)
        return
    await pressed.toast()
    await pressed.redraw(choice_part(turn.preferences, models, allowance, turn.language, wording))


async def refuse(_query: CallbackQuery, turn: Turn, wording: Wording, pressed: Pressed) -> None:
    await pressed.toast(wording.say("only-admins", turn.language))


async def open_dialogue(
    _query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, pressed: Pressed
) -> None:
    """What to film, and how."""
    await pressed.toast()
    await ask_for_words(turn, speech, wording, pressed.videos)


async def animate(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, press: PicturePress) -> None:
    """Sets the picture above in motion: a video in a message of its own."""
    if turn.purpose is not Purpose.RETRY:
        await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id))
    turn.reply_to_message_id = query.message.message_id if query.message else None
    version = press.version(bot.id, turn.chat_id)
    await order_video(turn, speech, "", partial(kept_picture, turn, speech, version))


async def _order_like(pressed: Pressed, former: Job, *, seconds: int = 0, ratio: str = "") -> None:
    """Orders what was ordered before, perhaps with something changed."""
    await pressed.toast()
    turn = pressed.turn
    turn.reply_to_message_id = pressed.message_id

    async def make_order() -> Order:
        return Order(
            job_id=turn.turn_id,
            speaker=speaker_of(turn),
            prompt=former.prompt,
            model="" if former.failed_over else former.model,
            duration_seconds=seconds or former.duration_seconds,
            aspect_ratio=ratio_of(ratio) or former.aspect_ratio,
            first_frame_of=former.job_id if former.has_first_frame else "",
        )

    await pressed.speech.screenings.order(turn, make_order)


async def _show_buttons(pressed: Pressed, job: Job) -> None:
    if pressed.message_id is not None:
        buttons = video_keyboard(job, pressed.turn.language, pressed.wording)
        await pressed.speech.replies.swap_keyboard(pressed.turn, pressed.message_id, buttons)


def _link(turn: Turn, wording: Wording, job: Job, addresses: Addresses | None) -> Part:
    """Where the file is to be had that no message can hold."""
    if addresses is None:
        return Part(text=wording.say("video-file-too-large", turn.language))
    address = addresses.address(job.job_id, speaker_of(turn), LinkForm.ORIGINAL)
    hours = round(addresses.hours)
    return Part(text=wording.say("video-file-link", turn.language, hours=hours, address=address))
