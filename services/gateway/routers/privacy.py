from aiogram import F, Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from services.gateway.buttons import PRIVACY_PREFIX, keyboard
from services.gateway.delivery.turn import Turn
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.turns import DossierRef, Part
from services.gateway.wording import Wording

FORGET = f"{PRIVACY_PREFIX}forget"
KEEP = f"{PRIVACY_PREFIX}keep"


def router() -> Router:
    """What is kept of a person: asked for, and forgotten. In private chats only: it is theirs alone."""
    routes = Router(name="privacy")
    routes.message.filter(Matching(F.forward_origin.is_(None)))
    routes.message.register(ask, Command("forget"))
    routes.message.register(export, Command("export"))
    routes.callback_query.register(forget, Matching((F.data == FORGET) & F.message))
    routes.callback_query.register(keep, Matching((F.data == KEEP) & F.message))
    return routes


async def ask(_message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    if not turn.is_private:
        await speech.replies.say(turn, wording.say("privacy-in-private", turn.language))
        return
    yes = (wording.say("erasure-yes-button", turn.language), FORGET)
    no = (wording.say("erasure-no-button", turn.language), KEEP)
    text = wording.say("erasure-question", turn.language)
    await speech.replies.deliver(turn, [Part(text=text, keyboard=keyboard([yes], [no]))])


async def export(_message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    if not turn.is_private:
        await speech.replies.say(turn, wording.say("privacy-in-private", turn.language))
        return
    text = wording.say("export-ready", turn.language)
    await speech.replies.deliver(turn, [Part(text=text, picture=DossierRef(user_id=turn.user_id))])


async def forget(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id))
    await speech.oblivion.forget(turn)
    await _say(query, turn, speech, wording.say("erasure-done", turn.language))


async def keep(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id))
    await _say(query, turn, speech, wording.say("erasure-kept", turn.language))


async def _say(query: CallbackQuery, turn: Turn, speech: Speech, text: str) -> None:
    """In the place of the question, which is not asked twice."""
    if query.message is not None:
        await speech.replies.redraw(turn, query.message.message_id, Part(text=text))
