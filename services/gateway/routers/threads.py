from aiogram import F, Router
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech


def router() -> Router:
    """New threads in private chats, and those that somebody names."""
    routes = Router(name="threads")
    is_private = F.chat.type == "private"
    routes.message.register(remember_unnamed, Matching(F.forum_topic_created & is_private))
    routes.message.register(forget_unnamed, Matching(F.forum_topic_edited.name & is_private))
    return routes


async def remember_unnamed(message: Message, turn: Turn, speech: Speech) -> None:
    created = message.forum_topic_created
    turn.thread_id = message.message_thread_id or 0
    if created is not None and created.is_name_implicit and turn.thread_id:
        await speech.threads.opened(turn)


async def forget_unnamed(message: Message, turn: Turn, speech: Speech) -> None:
    turn.thread_id = message.message_thread_id or 0
    await speech.threads.named(turn)
