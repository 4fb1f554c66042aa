from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Filter
from aiogram.types import Message

from services.chassis.errors import QuartetError
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.docs_client import DocsClient
from services.gateway.documents.menu import document_page
from services.gateway.documents.standing import locked_turn
from services.gateway.people import Awaited, Awaiting, Preferences
from services.gateway.questions import speaker_of
from services.gateway.reading import own_words
from services.gateway.reading.words import without_mention
from services.gateway.routers.addressed import Addressed
from services.gateway.routers.dialogues import Expected
from services.gateway.routers.matching import Matching
from services.gateway.routers.settable import MaySet
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.updates import RawUpdate
from services.gateway.wording import Wording

AskAgain = Callable[[Sequence[RawUpdate]], Awaitable[None]]
MAX_TITLE_CHARACTERS = 128
"""https://core.telegram.org/bots/api has no such limit: it is quartet.docs.v1's."""


class GivesPassword(Filter):
    """Passes a password that was asked for; the handler gets the turn that wants it as `locked_id`."""

    async def __call__(self, message: Message, bot: Bot, turn: Turn) -> bool | dict[str, Any]:
        if locked := locked_turn(message.reply_to_message, bot.id):
            return {"locked_id": locked}
        expected = await Expected(Awaited.DOCUMENT_KEY)(message, bot, turn)
        if isinstance(expected, dict) and turn.is_private:
            return {"locked_id": expected["awaiting"].subject, **expected}
        return False


def router() -> Router:
    """Messages that were asked for: the password of a document, another title for one."""
    routes = Router(name="document dialogues")
    is_own_text = Matching(F.text & ~F.forward_origin & ~F.text.startswith("/"))
    routes.message.register(take_password, is_own_text, GivesPassword())
    titled = (is_own_text, Expected(Awaited.DOCUMENT_TITLE), Addressed(), MaySet())
    routes.message.register(take_title, *titled)
    return routes


async def take_password(
    message: Message,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    ask_again: AskAgain,
    locked_id: str,
    awaiting: Awaiting | None = None,
) -> None:
    """Reads the document that it opens. The message is deleted: nobody else is to read it."""
    # Whatever becomes of the turn, its record does not keep what brought it.
    turn.updates = ()
    if awaiting is not None:
        await _answered(turn, speech, awaiting)
    await speech.replies.remove(turn, message.message_id)
    turn.subject_id, turn.purpose, turn.reply_to_message_id = locked_id, Purpose.RETRY, None
    kept = await speech.revisions.question(turn)
    if not kept:
        await speech.replies.say(turn, wording.say("document-forgotten", turn.language))
        return
    turn.password = (message.text or "").strip()
    await speech.revisions.prepare(turn)
    await ask_again(kept)


async def take_title(
    _message: Message,
    messages: Sequence[Message],
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    docs_client: DocsClient,
    awaiting: Awaiting,
) -> None:
    """Gives the document another title, and shows it."""
    await _answered(turn, speech, awaiting)
    title = " ".join(without_mention(own_words(messages), (await bot.me()).username).split())
    try:
        document = await docs_client.rename(awaiting.subject, title[:MAX_TITLE_CHARACTERS], speaker_of(turn))
    except QuartetError as error:
        await speech.replies.say(turn, wording.error(error, turn.language))
        return
    page = document_page(
        document, 1, turn.language, wording, note=wording.say("document-named", turn.language)
    )
    part = Part(text=page.text, entities=tuple(page.entities), keyboard=page.keyboard)
    await speech.replies.deliver(turn, [part])


async def _answered(turn: Turn, speech: Speech, awaiting: Awaiting) -> None:
    def answered(own: Preferences) -> Preferences:
        return own.model_copy(update={"awaiting": awaiting})

    turn.preferences = await speech.people.change(turn.chat_id, answered)
