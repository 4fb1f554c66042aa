from aiogram import Router
from aiogram.filters import Filter
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.gateway.delivery.turn import Turn
from services.gateway.in_hand import InHand
from services.gateway.pictures.buttons import parse_picture_press
from services.gateway.speech import Speech
from services.gateway.wording import Wording


class Repeated(Filter):
    """Passes a press on a button whose former press is still being obeyed."""

    async def __call__(self, _query: CallbackQuery, in_hand: InHand) -> bool:
        return in_hand.is_repeated


def router() -> Router:
    """Buttons pressed twice in a row, by one finger or by several: once is meant."""
    routes = Router(name="repeated")
    routes.callback_query.register(acknowledge, Repeated())
    return routes


async def acknowledge(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    press = parse_picture_press(query.data or "")
    is_drawn = press is not None and press.draws
    text = wording.say("picture-already-drawing", turn.language) if is_drawn else None
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))
