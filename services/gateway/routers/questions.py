from collections.abc import Sequence

from aiogram import Bot, F, Router
from aiogram.types import Message

from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import NothingAsked, Question
from services.gateway.questions import question_of
from services.gateway.reading import name_of, own_words, pictures_in, recording_in
from services.gateway.reading.words import without_mention
from services.gateway.routers.addressed import Addressed
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.updates import turn_id_in_chat
from services.gateway.wording import Wording


def router() -> Router:
    """Questions: in words, by voice, about pictures, about what is forwarded."""
    routes = Router(name="questions")
    asks = Matching(F.func(_asks))
    routes.message.register(answer_question, asks, Addressed())
    routes.edited_message.register(answer_edited, asks, Addressed())
    return routes


def _asks(message: Message) -> bool:
    if message.forward_origin is None and (message.text or "").startswith("/"):
        return False
    if message.text or message.caption:
        return message.document is None or bool(pictures_in(message))
    return bool(pictures_in(message)) or recording_in(message) is not None


async def answer_question(
    _message: Message, messages: Sequence[Message], bot: Bot, turn: Turn, speech: Speech, wording: Wording
) -> None:
    me = await bot.me()
    only_mentioned = all(message.text for message in messages) and not any(
        message.reply_to_message for message in messages
    )
    if only_mentioned and not without_mention(own_words(messages), me.username) and not _forwarded(messages):
        await speech.replies.say(turn, wording.say("help", turn.language))
        return
    speaker_name = "" if turn.is_private else name_of(messages[0])

    async def question() -> Question:
        reading = await speech.reader.read(turn, messages)
        if reading.is_blank:
            raise NothingAsked
        turn.transcript, turn.is_spoken = reading.transcript, bool(reading.transcript)
        return question_of(
            turn,
            bot.id,
            reading.instruction,
            materials=reading.materials,
            attachments=reading.attachments,
            speaker_name=speaker_name,
        )

    await speech.answers.answer(turn, question)
    speech.threads.answered(turn)


async def answer_edited(
    message: Message, messages: Sequence[Message], bot: Bot, turn: Turn, speech: Speech, wording: Wording
) -> None:
    """Answers the question as it reads now, in the place of the former answer."""
    turn.subject_id = turn_id_in_chat(
        bot.id, message.chat.id, f"{message.message_id}.{int(message.date.timestamp())}"
    )
    turn.purpose = Purpose.EDIT
    await speech.revisions.prepare(turn)
    await answer_question(message, messages, bot, turn, speech, wording)


def _forwarded(messages: Sequence[Message]) -> bool:
    return any(message.forward_origin is not None for message in messages)
