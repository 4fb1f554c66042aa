from aiogram import Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from services.gateway.delivery.turn import Turn
from services.gateway.routers.addressed import Addressed
from services.gateway.speech import Speech
from services.gateway.wording import Wording


def router() -> Router:
    """What nobody else took: said honestly, so that no one waits for an answer that does not come."""
    routes = Router(name="unsupported")
    routes.message.register(say_what_is_read, Addressed())
    routes.callback_query.register(say_button_is_stale)
    return routes


async def say_what_is_read(message: Message, turn: Turn, speech: Speech, wording: Wording) -> None:
    is_content = message.content_type in _CONTENT
    if is_content:
        await speech.replies.say(turn, wording.say("not-understood", turn.language))


async def say_button_is_stale(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    text = wording.say("stale-button", turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))


# Service messages ("pinned a message") ask for nothing.
_CONTENT = frozenset(
    {
        "animation",
        "audio",
        "contact",
        "dice",
        "document",
        "location",
        "paid_media",
        "photo",
        "poll",
        "sticker",
        "story",
        "venue",
        "video",
        "video_note",
        "voice",
    }
)
