from aiogram import Bot, F, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.chassis.errors import QuartetError
from services.gateway.buttons import Press, parse_press
from services.gateway.delivery.turn import Turn
from services.gateway.feedback.buttons import reasons
from services.gateway.opinions import Heard, Thumb
from services.gateway.pictures.buttons import PicturePress
from services.gateway.pictures.buttons import Verb as PictureVerb
from services.gateway.pictures.refusals import refusal
from services.gateway.questions import speaker_of
from services.gateway.routers.matching import Matching
from services.gateway.routers.pressed import Pressed as PicturePressed
from services.gateway.routers.video_pressed import Pressed as PressedVideo
from services.gateway.routers.video_pressed import VideoPressed
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.updates import turn_id_in_chat
from services.gateway.videos.buttons import Verb as VideoVerb
from services.gateway.wording import Wording


def router() -> Router:
    """The thumbs under answers, pictures and videos."""
    routes = Router(name="opinions")
    routes.callback_query.register(judge, Matching(F.data.func(_judges)))
    routes.callback_query.register(judge_picture, PicturePressed(PictureVerb.GOOD, PictureVerb.BAD))
    routes.callback_query.register(judge_video, VideoPressed(VideoVerb.GOOD, VideoVerb.BAD))
    return routes


def _judges(data: str) -> bool:
    press = parse_press(data)
    return press is not None and press[0] in (Press.GOOD, Press.BAD)


async def judge(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    press, suffix = parse_press(query.data or "") or (Press.GOOD, "")
    turn.subject_id = turn_id_in_chat(bot.id, turn.chat_id, suffix)
    thumb = Thumb.UP if press is Press.GOOD else Thumb.DOWN
    said = wording.say("bad-thanks", turn.language)
    await _thank(query, turn, speech, wording, thumb, await speech.opinions.give(turn, thumb), regret=said)


async def judge_picture(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, press: PicturePress
) -> None:
    try:
        picture = await speech.portfolio.version(press.version(bot.id, turn.chat_id), speaker_of(turn))
    except QuartetError as error:
        text = refusal(error, turn.language, wording)
        await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))
        return
    thumb = Thumb.UP if press.verb is PictureVerb.GOOD else Thumb.DOWN
    heard = await speech.opinions.give_of(turn, picture.picture_id, thumb)
    said = wording.say("bad-thanks-plain", turn.language)
    await _thank(query, turn, speech, wording, thumb, heard, regret=said)


async def judge_video(
    query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording, pressed: PressedVideo
) -> None:
    thumb = Thumb.UP if pressed.press.verb is VideoVerb.GOOD else Thumb.DOWN
    heard = await speech.opinions.give_of(turn, pressed.press.job_id, thumb)
    said = wording.say("bad-thanks-plain", turn.language)
    await _thank(query, turn, speech, wording, thumb, heard, regret=said)


async def _thank(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    thumb: Thumb,
    heard: Heard | None,
    *,
    regret: str,
) -> None:
    """Answers the press; in private, where nobody else has to read it, it asks what was wrong."""
    if heard is None:
        said = wording.say("answer-forgotten", turn.language)
    else:
        said = wording.say("good-thanks", turn.language) if thumb is Thumb.UP else regret
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=said))
    if heard is not None and heard.is_to_be_explained and turn.is_private:
        # It can be passed over: the next message is a question as ever.
        question = Part(
            text=wording.say("feedback-what-was-wrong", turn.language),
            keyboard=reasons(heard.digest, turn.language, wording),
        )
        await speech.replies.deliver(turn, [question])
