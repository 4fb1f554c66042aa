from collections.abc import Awaitable, Callable, Sequence

from aiogram import Bot, F, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from services.gateway.buttons import ASKING, Press, parse_press
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import Question
from services.gateway.documents.standing import about
from services.gateway.questions import question_of
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.updates import RawUpdate, turn_id_in_chat
from services.gateway.wording import Wording

AskAgain = Callable[[Sequence[RawUpdate]], Awaitable[None]]
PURPOSES = {Press.AGAIN: Purpose.REGENERATE, Press.MORE: Purpose.CONTINUE, Press.TRY: Purpose.RETRY}


def router() -> Router:
    """The buttons under answers that ask the model."""
    routes = Router(name="answer buttons")
    routes.callback_query.register(ask, Matching(F.data.func(_asks)))
    return routes


def _asks(data: str) -> bool:
    press = parse_press(data)
    return press is not None and press[0] in ASKING


async def ask(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, ask_again: AskAgain
) -> None:
    """Another answer, the rest of one, or another attempt at one."""
    press, suffix = parse_press(query.data or "") or (Press.AGAIN, "")
    turn.subject_id = turn_id_in_chat(bot.id, turn.chat_id, suffix)
    turn.purpose = PURPOSES[press]
    turn.reply_to_message_id = None
    pressed = query.message.message_id if query.message else None
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id))
    if turn.purpose is not Purpose.CONTINUE:
        await speech.revisions.prepare(turn, pressed)
    if turn.purpose is not Purpose.RETRY:
        await _ask_anew(query, bot, turn, speech, wording)
        return
    kept = await speech.revisions.question(turn)
    if kept:
        await ask_again(kept)
    else:
        await speech.replies.say(turn, wording.say("question-forgotten", turn.language))


async def _ask_anew(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    """Asks whoever gave the answer: about documents it is another service."""
    sources = await speech.revisions.sources(turn)
    if sources is not None:
        await speech.inquiries.ask_again(turn, sources)
        return
    if isinstance(query.message, Message) and about(query.message, bot.id) is not None:
        # Only the document is known still, not what was asked of it.
        await speech.replies.say(turn, wording.say("question-forgotten", turn.language))
        return

    async def question() -> Question:
        return question_of(turn, bot.id)

    await speech.answers.answer(turn, question)
