from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from services.chassis.errors import QuartetError
from services.gateway.delivery.turn import Turn
from services.gateway.questions import speaker_of
from services.gateway.routers.video_pressed import Pressed, VideoPressed
from services.gateway.speech import Speech
from services.gateway.video_client import VideoClient
from services.gateway.videos import State
from services.gateway.videos.buttons import Verb
from services.gateway.videos.card import ended_part
from services.gateway.videos.listing import closed_part, job_part, list_part
from services.gateway.wording import Wording


def router() -> Router:
    """The videos of a person: what each is, how far, and its end."""
    routes = Router(name="videos menu")
    routes.message.register(open_list, Command("videos"))
    routes.callback_query.register(show_list, VideoPressed(Verb.LIST, with_value=True))
    routes.callback_query.register(show_job, VideoPressed(Verb.OPEN))
    routes.callback_query.register(show_film, VideoPressed(Verb.SHOW))
    routes.callback_query.register(delete, VideoPressed(Verb.DROP))
    routes.callback_query.register(close, VideoPressed(Verb.CLOSE))
    return routes


async def open_list(
    _message: Message, turn: Turn, speech: Speech, wording: Wording, video_client: VideoClient
) -> None:
    """The videos, in a message of their own."""
    try:
        jobs = await video_client.all(speaker_of(turn))
    except QuartetError as error:
        await speech.replies.say(turn, wording.error(error, turn.language))
        return
    await speech.replies.deliver(turn, [list_part(jobs, 1, turn.language, wording)])


async def show_list(_query: CallbackQuery, pressed: Pressed) -> None:
    """A page of the list, in its place."""
    page = pressed.press.value[:3]
    if await _redraw_list(pressed, int(page) if page.isdecimal() else 1):
        await pressed.toast()


async def show_job(_query: CallbackQuery, turn: Turn, wording: Wording, pressed: Pressed) -> None:
    """What is known of a video, in the place of the list."""
    if (job := await pressed.job()) is not None:
        await pressed.toast()
        await pressed.redraw(job_part(job, turn.language, wording))


async def show_film(
    _query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, pressed: Pressed
) -> None:
    """The video once more, in a message of its own."""
    job = await pressed.job()
    if job is None:
        return
    await pressed.toast()
    if job.state is State.SUCCEEDED:
        turn.leave_lane()
        await speech.replies.deliver(turn, [ended_part(job, turn.language, wording)])


async def delete(_query: CallbackQuery, turn: Turn, wording: Wording, pressed: Pressed) -> None:
    """Forgets a video, and shows what is left."""
    try:
        await pressed.videos.delete(pressed.press.job_id, speaker_of(turn))
    except QuartetError as error:
        await pressed.refuse(error)
        return
    await pressed.toast(wording.say("video-deleted", turn.language))
    await _redraw_list(pressed, 1)


async def close(
    _query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, pressed: Pressed
) -> None:
    await pressed.toast()
    if pressed.message_id is not None and not await speech.replies.remove(turn, pressed.message_id):
        await pressed.redraw(closed_part(turn.language, wording))


async def _redraw_list(pressed: Pressed, number: int) -> bool:
    """Shows a page of the list; says whether that was possible."""
    try:
        jobs = await pressed.videos.all(speaker_of(pressed.turn))
    except QuartetError as error:
        await pressed.refuse(error)
        return False
    await pressed.redraw(list_part(jobs, number, pressed.turn.language, pressed.wording))
    return True
