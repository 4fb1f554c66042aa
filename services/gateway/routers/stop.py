from aiogram import F, Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message, MessageGenerationStopped

from services.gateway.delivery.turn import Turn
from services.gateway.in_hand import InHand
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.stops import StopWish
from services.gateway.updates import STOP_PREFIX
from services.gateway.wording import Wording


def router() -> Router:
    """The three ways to end an answer: Telegram's button under a draft, our button, the command."""
    routes = Router(name="stop")
    routes.stopped_message_generation.register(stop_draft)
    routes.callback_query.register(stop_turn, Matching(F.data.startswith(STOP_PREFIX)))
    routes.message.register(stop_all, Command("stop"))
    return routes


async def stop_draft(event: MessageGenerationStopped, turn: Turn, speech: Speech, in_hand: InHand) -> None:
    in_hand.is_deferred = True
    wish = StopWish(turn.chat_id, turn.user_id, draft_id=event.draft_id)
    await speech.stops.wish(wish, in_hand.settle)


async def stop_turn(
    query: CallbackQuery, turn: Turn, speech: Speech, in_hand: InHand, wording: Wording
) -> None:
    in_hand.is_deferred = True
    turn_id = (query.data or "").removeprefix(STOP_PREFIX)
    wish = StopWish(turn.chat_id, turn.user_id, turn_id=turn_id, inline_message_id=turn.inline_message_id)
    found = await speech.stops.wish(wish, in_hand.settle)
    text = wording.say("stopping" if found else "stale-button", turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))


async def stop_all(_message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    wish = StopWish(turn.chat_id, turn.user_id, thread_id=turn.thread_id)
    if not speech.stops.stop_now(wish):
        await speech.replies.say(turn, wording.say("nothing-to-stop", turn.language))
