from aiogram import Bot, F, Router
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.docs_client import DocsClient
from services.gateway.questions import speaker_of
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.text_client import TextClient
from services.gateway.updates import Origin, conversation_id_of


def router() -> Router:
    """Groups that become supergroups: their id changes, and everything kept under it moves along.

    Telegram says so twice, in the old chat and in the new one. Either is enough, both do no harm.
    """
    routes = Router(name="migration")
    routes.message.register(move_from_here, Matching(F.migrate_to_chat_id))
    routes.message.register(move_to_here, Matching(F.migrate_from_chat_id))
    return routes


async def move_from_here(
    message: Message,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    text_client: TextClient,
    docs_client: DocsClient,
) -> None:
    movers = speech, text_client, docs_client
    await _move(bot, turn, movers, message.chat.id, message.migrate_to_chat_id or 0)


async def move_to_here(
    message: Message,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    text_client: TextClient,
    docs_client: DocsClient,
) -> None:
    movers = speech, text_client, docs_client
    await _move(bot, turn, movers, message.migrate_from_chat_id or 0, message.chat.id)


async def _move(
    bot: Bot, turn: Turn, movers: tuple[Speech, TextClient, DocsClient], old_chat_id: int, new_chat_id: int
) -> None:
    speech, text_client, docs_client = movers
    await speech.people.move(old_chat_id, new_chat_id)
    # A group that is not a supergroup has no topics: one conversation is all there is.
    old, new = (
        conversation_id_of(bot.id, Origin("", chat_id, 0, 0)) for chat_id in (old_chat_id, new_chat_id)
    )
    await text_client.move(old, new, speaker_of(turn))
    # Should the documents be out of reach for a while, the conversation goes on.
    turn.leave_lane()
    await docs_client.move(old_chat_id, new_chat_id, speaker_of(turn))
