from aiogram import Router
from aiogram.filters import Filter
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.gateway.delivery.turn import Turn
from services.gateway.in_hand import InHand
from services.gateway.speech import Speech


class Repeated(Filter):
    """Passes a press on a button whose former press is still being obeyed."""

    async def __call__(self, _query: CallbackQuery, in_hand: InHand) -> bool:
        return in_hand.is_repeated


def router() -> Router:
    """Buttons pressed twice in a row, by one finger or by several: once is meant."""
    routes = Router(name="repeated")
    routes.callback_query.register(acknowledge, Repeated())
    return routes


async def acknowledge(query: CallbackQuery, turn: Turn, speech: Speech) -> None:
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id))
