from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import Message

from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.documents.files import Brought, brought_by
from services.gateway.documents.standing import About, about, may_be_about_anything
from services.gateway.reading import name_of
from services.gateway.routers.addressed import Addressed
from services.gateway.speech import Speech
from services.gateway.updates import turn_id_in_chat


class BringsDocuments(Filter):
    """Passes messages that bring documents, or ask about one in reply; the handler gets them as `brought`."""

    async def __call__(
        self, _message: Message, messages: Sequence[Message], bot: Bot
    ) -> bool | dict[str, Any]:
        brought = brought_by(messages, bot.id)
        return {"brought": brought} if brought.files else False


class AsksDocuments(Filter):
    """Passes what is asked about documents that have been brought, which the handler gets as `asked`.

    That is a reply to what we said of them; and in a private chat whatever is said while they are open.
    """

    async def __call__(
        self, message: Message, messages: Sequence[Message], bot: Bot, turn: Turn
    ) -> bool | dict[str, Any]:
        if not all(map(_is_question, messages)):
            return False
        replied = message.reply_to_message
        if replied is not None:
            named = about(replied, bot.id)
            if named is not None:
                return {"asked": named}
            if not may_be_about_anything(replied, bot.id):
                return False
        opened = turn.preferences.documents_in(turn.thread_id, turn.received_at)
        return {"asked": About(opened)} if opened and turn.is_private else False


def router() -> Router:
    """Documents that are brought, and questions about them."""
    routes = Router(name="documents")
    routes.message.register(read, BringsDocuments(), Addressed())
    routes.message.register(ask, AsksDocuments(), Addressed())
    routes.edited_message.register(read_edited, BringsDocuments(), Addressed())
    routes.edited_message.register(ask_edited, AsksDocuments(), Addressed())
    return routes


def _is_question(message: Message) -> bool:
    is_said = message.voice is not None or message.video_note is not None
    is_command = (message.text or "").startswith("/")
    return message.forward_origin is None and (is_said or bool(message.text)) and not is_command


async def read(
    _message: Message,
    messages: Sequence[Message],
    turn: Turn,
    speech: Speech,
    brought: Brought,
) -> None:
    """Says what the documents are, and answers what is asked along with them, or in reply to them."""
    asking, speaker_name = _asking(turn, speech, messages), _speaker_name(turn, messages)
    if brought.is_reply:
        await speech.inquiries.ask_in_reply(turn, brought.files, asking, speaker_name=speaker_name)
    else:
        await speech.inquiries.read(turn, brought.files, asking, speaker_name=speaker_name)
    speech.threads.answered(turn)


async def ask(
    _message: Message, messages: Sequence[Message], turn: Turn, speech: Speech, asked: About
) -> None:
    sources = await speech.revisions.sources(turn, asked.answer_id) if asked.answer_id else None
    document_ids = sources.document_ids if sources else asked.document_ids
    asking = _asking(turn, speech, messages)
    await speech.inquiries.ask(turn, document_ids, asking, speaker_name=_speaker_name(turn, messages))
    speech.threads.answered(turn)


async def read_edited(
    message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    brought: Brought,
) -> None:
    """Answers what is asked along with documents as it reads now, in the place of the former answer."""
    await _prepare(message, bot, turn, speech)
    await read(message, messages, turn, speech, brought)


async def ask_edited(
    message: Message, messages: Sequence[Message], bot: Bot, turn: Turn, speech: Speech, asked: About
) -> None:
    """Answers the question as it reads now, in the place of the former answer."""
    await _prepare(message, bot, turn, speech)
    await ask(message, messages, turn, speech, asked)


def _asking(turn: Turn, speech: Speech, messages: Sequence[Message]) -> Callable[[], Awaitable[str]]:
    async def question() -> str:
        written, spoken = await speech.reader.asked(turn, messages)
        turn.transcript, turn.is_spoken = spoken, bool(spoken)
        quotes = [f"«{message.quote.text}»" for message in messages if message.quote is not None]
        said = [part for part in (written, spoken) if part]
        return "\n\n".join((*quotes, *said)) if said else ""

    return question


def _speaker_name(turn: Turn, messages: Sequence[Message]) -> str:
    return "" if turn.is_private else name_of(messages[0])


async def _prepare(message: Message, bot: Bot, turn: Turn, speech: Speech) -> None:
    suffix = f"{message.message_id}.{int(message.date.timestamp())}"
    turn.subject_id, turn.purpose = turn_id_in_chat(bot.id, message.chat.id, suffix), Purpose.EDIT
    await speech.revisions.prepare(turn)
