from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from services.chassis.errors import QuartetError
from services.gateway.delivery.turn import Turn
from services.gateway.questions import speaker_of
from services.gateway.routers.video_pressed import VideoPressed
from services.gateway.speech import Speech
from services.gateway.turns import Part, VideoRef
from services.gateway.video_client import VideoClient
from services.gateway.videos import State
from services.gateway.videos.buttons import Verb, VideoPress
from services.gateway.videos.card import ended_part
from services.gateway.videos.listing import closed_part, job_part, list_part
from services.gateway.videos.refusals import refusal
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


async def show_list(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """A page of the list, in its place."""
    try:
        jobs = await video_client.all(speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, wording.error(error, turn.language))
        return
    await _toast(query, turn, speech)
    number = int(press.value[:3]) if press.value[:3].isdecimal() else 1
    await _redraw(query, turn, speech, list_part(jobs, number, turn.language, wording))


async def show_job(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """What is known of a video, in the place of the list."""
    try:
        job = await video_client.get(press.job_id, speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    await _toast(query, turn, speech)
    await _redraw(query, turn, speech, job_part(job, turn.language, wording))


async def show_film(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """The video once more, in a message of its own."""
    try:
        job = await video_client.get(press.job_id, speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    await _toast(query, turn, speech)
    if job.state is State.SUCCEEDED:
        turn.leave_lane()
        part = ended_part(job, turn.language, wording)
        await speech.replies.deliver(turn, [part.model_copy(update={"picture": VideoRef(job_id=job.job_id)})])


async def delete(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    video_client: VideoClient,
    press: VideoPress,
) -> None:
    """Forgets a video, and shows what is left."""
    try:
        await video_client.delete(press.job_id, speaker_of(turn))
        jobs = await video_client.all(speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, refusal(error, turn.language, wording))
        return
    await _toast(query, turn, speech, wording.say("video-deleted", turn.language))
    await _redraw(query, turn, speech, list_part(jobs, 1, turn.language, wording))


async def close(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    await _toast(query, turn, speech)
    message_id = query.message.message_id if query.message else None
    if message_id is not None and not await speech.replies.remove(turn, message_id):
        await _redraw(query, turn, speech, closed_part(turn.language, wording))


async def _redraw(query: CallbackQuery, turn: Turn, speech: Speech, part: Part) -> None:
    if query.message is not None:
        await speech.replies.redraw(turn, query.message.message_id, part)


async def _toast(query: CallbackQuery, turn: Turn, speech: Speech, text: str = "") -> None:
    method = AnswerCallbackQuery(callback_query_id=query.id, text=text or None)
    await speech.replies.toast(turn, method)
