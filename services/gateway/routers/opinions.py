from aiogram import Bot, F, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.gateway.buttons import Press, parse_press
from services.gateway.delivery.turn import Turn
from services.gateway.feedback.buttons import reasons
from services.gateway.opinions import Thumb
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.updates import turn_id_in_chat
from services.gateway.wording import Wording


def router() -> Router:
    """The thumbs under answers."""
    routes = Router(name="opinions")
    routes.callback_query.register(judge, Matching(F.data.func(_judges)))
    return routes


def _judges(data: str) -> bool:
    press = parse_press(data)
    return press is not None and press[0] in (Press.GOOD, Press.BAD)


async def judge(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    press, suffix = parse_press(query.data or "") or (Press.GOOD, "")
    turn.subject_id = turn_id_in_chat(bot.id, turn.chat_id, suffix)
    is_good = press is Press.GOOD
    heard = await speech.opinions.give(turn, Thumb.UP if is_good else Thumb.DOWN)
    if heard is None:
        said = wording.say("answer-forgotten", turn.language)
    elif is_good:
        said = wording.say("good-thanks", turn.language)
    else:
        said = wording.say("bad-thanks", turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=said))
    if heard is not None and heard.is_to_be_explained:
        # Under the answer, where it can be passed over: the next message is a question as ever.
        question = Part(
            text=wording.say("feedback-what-was-wrong", turn.language),
            keyboard=reasons(heard.digest, turn.language, wording),
        )
        await speech.replies.deliver(turn, [question])
