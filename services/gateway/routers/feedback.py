from collections.abc import Sequence

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.feedback.reception import Taken
from services.gateway.people import Awaited, Awaiting
from services.gateway.reading import own_words
from services.gateway.reading.words import without_mention
from services.gateway.routers.addressed import Addressed
from services.gateway.routers.awaited import await_message
from services.gateway.routers.dialogues import Expected
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.updates import turn_id_in_chat
from services.gateway.wording import Wording


def router() -> Router:
    """What a person has to say of the bot, in one message or in two."""
    routes = Router(name="feedback")
    routes.message.register(ask, Matching(F.forward_origin.is_(None)), Command("feedback"))
    is_own_text = Matching(F.text & ~F.forward_origin & ~F.text.startswith("/"))
    for observer in (routes.message, routes.edited_message):
        observer.register(take, is_own_text, Expected(Awaited.FEEDBACK), Addressed())
    return routes


async def ask(
    message: Message, bot: Bot, turn: Turn, speech: Speech, wording: Wording, command: CommandObject
) -> None:
    """Keeps what follows the command; asks for it where nothing does."""
    if words := (command.args or "").strip():
        await keep(message, words, bot, turn, speech, wording)
        return
    await await_message(turn, speech, Awaited.FEEDBACK)
    text = wording.say("feedback-ask" if turn.is_private else "feedback-ask-group", turn.language)
    await speech.replies.say(turn, text)


async def take(
    message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    awaiting: Awaiting,
) -> None:
    turn.preferences = await speech.people.change(
        turn.chat_id, lambda own: own.model_copy(update={"awaiting": awaiting})
    )
    words = without_mention(own_words(messages), (await bot.me()).username)
    await keep(message, words, bot, turn, speech, wording)


async def keep(
    message: Message,
    words: str,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    *,
    digest: str = "",
) -> None:
    """Keeps a person's words under their message, so that an edit of it changes them, and says so."""
    suffix = f"{message.message_id}.{int(message.date.timestamp())}"
    said_by = turn_id_in_chat(bot.id, turn.chat_id, suffix)
    taken = await speech.reception.said(turn, said_by, words, digest=digest)
    is_enough = taken is Taken.TOO_MANY
    text = wording.say("feedback-enough" if is_enough else "feedback-thanks", turn.language)
    await speech.replies.say(turn, text)
