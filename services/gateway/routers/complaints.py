from collections.abc import Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Filter
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from services.gateway.delivery.turn import Turn
from services.gateway.feedback.buttons import asked_about, parse_reason, reasons
from services.gateway.reading import own_words
from services.gateway.routers.feedback import keep
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.wording import Wording


class AboutAnswer(Filter):
    """Passes a reply to the question what was wrong; the handler gets the letter's `digest`."""

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        digest = asked_about(message.reply_to_message, bot.id)
        return {"digest": digest} if digest else False


def router() -> Router:
    """What was wrong with an answer. It comes before the dialogues: a reply says what it is about."""
    routes = Router(name="complaints")
    is_own_text = Matching(F.text & ~F.forward_origin & ~F.text.startswith("/"))
    for observer in (routes.message, routes.edited_message):
        observer.register(take_words, is_own_text, AboutAnswer())
    routes.callback_query.register(take_reason, Matching(F.data.func(parse_reason) & F.message))
    return routes


async def take_words(
    message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    digest: str,
) -> None:
    await keep(message, own_words(messages), bot, turn, speech, wording, digest=digest)


async def take_reason(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    """Keeps what the button says and marks it; own words can still be sent in a reply."""
    press = parse_reason(query.data or "")
    assert press is not None
    is_kept = await speech.reception.explained(turn, press.digest, press.reason)
    said = wording.say("feedback-noted" if is_kept else "answer-forgotten", turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=said))
    if is_kept and query.message is not None:
        buttons = reasons(press.digest, turn.language, wording, chosen=press.reason)
        text = wording.say("feedback-what-was-wrong", turn.language)
        await speech.replies.redraw(turn, query.message.message_id, Part(text=text, keyboard=buttons))
