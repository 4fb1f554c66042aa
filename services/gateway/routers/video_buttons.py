from collections.abc import Callable
from functools import partial

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
from services.gateway.routers.pressed import Pressed
from services.gateway.routers.settable import MaySet
from services.gateway.routers.video_pressed import VideoPressed
from services.gateway.routers.videos import ask_for_words, kept_picture, order_video, ratio_of
from services.gateway.speech import Speech
from services.gateway.turns import Part, VideoRef
from services.gateway.video_client import VideoClient
from services.gateway.videos import Job, Order
from services.gateway.videos.buttons import Verb, VideoPress
from services.gateway.videos.card import format_keyboard, video_keyboard
from services.gateway.videos.choosing import choice_part, chosen
from services.gateway.videos.refusals import refusal
from services.gateway.wording import Wording

MAX_UPLOAD_BYTES = 50_000_000
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
    routes.callback_query.register(animate, Pressed(PictureVerb.ANIMATE))
    return routes


async def cancel(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """Has a video not made any more. What becomes of its message comes with the event of its end."""
    try:
        job = await video_client.get(press.job_id, speaker_of(turn))
        if job.speaker.user_id != turn.user_id:
            await _toast(query, turn, speech, wording.say("video-not-yours", turn.language))
            return
        job = await video_client.cancel(press.job_id, speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    text = "" if job.state.is_final else wording.say("video-cancelling", turn.language)
    await _toast(query, turn, speech, text)
    if not job.state.is_final:
        await speech.screenings.progress(job)


async def repeat(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """The same once more: a video of its own, in a message of its own."""
    await _order_like(query, turn, speech, wording, video_client, press)


async def lengthen(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """The same in the next length that its model has."""
    try:
        job = await video_client.get(press.job_id, speaker_of(turn))
        models = {model.model: model for model in await video_client.models()}
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    model = models.get(job.model)
    seconds = model.longer_than(job.duration_seconds) if model else None
    if seconds is None:
        await _toast(query, turn, speech, wording.say("video-longest", turn.language))
        return
    await _order_like(query, turn, speech, wording, video_client, press, seconds=seconds)


async def offer_formats(
    query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, press: VideoPress
) -> None:
    """The formats to choose from, instead of the other buttons."""
    await _toast(query, turn, speech)
    if query.message is not None:
        buttons = format_keyboard(press.job_id, turn.language, wording)
        await speech.replies.swap_keyboard(turn, query.message.message_id, buttons)


async def reformat(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """The same in the format that was chosen; the choice makes room for the buttons again."""
    if turn.purpose is not Purpose.RETRY:
        await shut(query, turn, speech, wording, video_client, press)
    await _order_like(query, turn, speech, wording, video_client, press, ratio=press.value)


async def shut(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """The buttons of the video, instead of a choice."""
    try:
        job = await video_client.get(press.job_id, speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    if query.message is not None:
        buttons = video_keyboard(job, turn.language, wording)
        await speech.replies.swap_keyboard(turn, query.message.message_id, buttons)


async def send_file(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
    addresses: Addresses | None,
) -> None:
    """What the vendor made, bit by bit: as a file, or by a link where it is too large for one."""
    try:
        job = await video_client.get(press.job_id, speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    if job.film is None:
        await _toast(query, turn, speech, wording.say("video-gone", turn.language))
        return
    await _toast(query, turn, speech, wording.say("picture-sending-original", turn.language))
    turn.leave_lane()
    turn.reply_to_message_id = query.message.message_id if query.message else None
    part = Part(picture=VideoRef(job_id=job.job_id, is_file=True))
    if job.film.original_size_bytes > MAX_UPLOAD_BYTES:
        part = _link(turn, wording, job, addresses)
    await speech.replies.deliver(turn, [part])


async def choose(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """Notes how the next videos are to be, and shows it."""
    change: Callable[[Preferences], Preferences] = partial(chosen, value=press.value)
    turn.preferences = await speech.people.change(turn.chat_id, change)
    try:
        models = await video_client.models()
        allowance = await video_client.allowance(speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, wording.error(error, turn.language))
        return
    await _toast(query, turn, speech)
    if query.message is not None:
        part = choice_part(turn.preferences, models, allowance, turn.language, wording)
        await speech.replies.redraw(turn, query.message.message_id, part)


async def refuse(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    await _toast(query, turn, speech, wording.say("only-admins", turn.language))


async def open_dialogue(
    query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, video_client: VideoClient
) -> None:
    """What to film, and how."""
    await _toast(query, turn, speech)
    await ask_for_words(turn, speech, wording, video_client)


async def animate(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, press: PicturePress) -> None:
    """Sets the picture above in motion: a video in a message of its own."""
    await _toast(query, turn, speech)
    turn.reply_to_message_id = query.message.message_id if query.message else None
    version = press.version(bot.id, turn.chat_id)
    await order_video(turn, speech, "", partial(kept_picture, turn, speech, version))


async def _order_like(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
    *,
    seconds: int = 0,
    ratio: str = "",
) -> None:
    """Orders what was ordered before, perhaps with something changed."""
    try:
        former = await video_client.get(press.job_id, speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    await _toast(query, turn, speech)
    turn.reply_to_message_id = query.message.message_id if query.message else None

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

    await speech.screenings.order(turn, make_order)


def _link(turn: Turn, wording: Wording, job: Job, addresses: Addresses | None) -> Part:
    """Where the file is to be had that no message can hold."""
    if addresses is None:
        return Part(text=wording.say("video-file-too-large", turn.language))
    address = addresses.address(job.job_id, speaker_of(turn), LinkForm.ORIGINAL)
    return Part(
        text=wording.say("video-file-link", turn.language, hours=round(addresses.hours), address=address)
    )


async def _toast(query: CallbackQuery, turn: Turn, speech: Speech, text: str = "") -> None:
    if turn.purpose is Purpose.RETRY:
        return
    method = AnswerCallbackQuery(callback_query_id=query.id, text=text or None, show_alert=len(text) > 60)
    await speech.replies.toast(turn, method)
