from aiogram import Bot, F, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import Question
from services.gateway.menus.examples import parse_example
from services.gateway.questions import question_of
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.wording import Wording


def router() -> Router:
    """The questions to try the bot with: a press asks one, as if it had been written."""
    routes = Router(name="examples")
    routes.callback_query.register(ask, Matching(F.data.func(parse_example)))
    return routes


async def ask(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    example = parse_example(query.data or "")
    asked = wording.say(f"example-question-{example}", turn.language)
    if turn.purpose is not Purpose.RETRY:
        await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id))
    turn.transcript = asked

    async def question() -> Question:
        return question_of(turn, bot.id, asked)

    await speech.answers.answer(turn, question)
