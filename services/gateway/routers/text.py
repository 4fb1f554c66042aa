from aiogram import Bot, F, Router
from aiogram.types import Message

from services.gateway.delivery.turn import Turn
from services.gateway.routers.addressed import Addressed, without_mention
from services.gateway.speech import Speech
from services.gateway.text_client import Question
from services.gateway.updates import Origin, conversation_id_of
from services.gateway.wording import Wording


def router() -> Router:
    """Questions in words."""
    routes = Router(name="text")
    routes.message.register(answer_question, F.text, Addressed())
    return routes


async def answer_question(message: Message, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    me = await bot.me()
    instruction = without_mention(message.text or "", me.username)
    if not instruction:
        await speech.replies.say(turn, wording.say("help", turn.language))
        return
    origin = Origin("message", turn.chat_id, turn.thread_id, turn.user_id)
    question = Question(
        turn_id=turn.turn_id,
        conversation_id=conversation_id_of(bot.id, origin),
        user_id=turn.user_id,
        chat_id=turn.chat_id,
        language_code=turn.language.value,
        instruction=instruction,
        materials=_replied_to(message, me.id),
    )
    await speech.answers.answer(turn, question)


def _replied_to(message: Message, bot_id: int) -> tuple[tuple[str, str], ...]:
    """What the user replied to, unless the bot said it: that is in the conversation already."""
    replied = message.reply_to_message
    if replied is None or replied.text is None or replied.from_user is None:
        return ()
    if replied.from_user.id == bot_id:
        return ()
    return ((f"message by {replied.from_user.full_name}", replied.text),)
