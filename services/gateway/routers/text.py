from aiogram import Bot, F, Router
from aiogram.types import Message

from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import Material
from services.gateway.questions import question_of
from services.gateway.routers.addressed import Addressed, without_mention
from services.gateway.speech import Speech
from services.gateway.updates import turn_id_in_chat
from services.gateway.wording import Wording


def router() -> Router:
    """Questions in words."""
    routes = Router(name="text")
    routes.message.register(answer_question, F.text, Addressed())
    routes.edited_message.register(answer_edited, F.text & ~F.text.startswith("/"), Addressed())
    return routes


async def answer_question(message: Message, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    me = await bot.me()
    instruction = without_mention(message.text or "", me.username)
    if not instruction:
        await speech.replies.say(turn, wording.say("help", turn.language))
        return
    materials = _replied_to(message, me.id)
    await speech.answers.answer(turn, question_of(turn, bot.id, instruction, materials=materials))


async def answer_edited(message: Message, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    """Answers the question as it reads now, in the place of the former answer."""
    turn.subject_id = turn_id_in_chat(
        bot.id, message.chat.id, f"{message.message_id}.{int(message.date.timestamp())}"
    )
    turn.purpose = Purpose.EDIT
    await speech.revisions.prepare(turn)
    await answer_question(message, bot, turn, speech, wording)


def _replied_to(message: Message, bot_id: int) -> tuple[Material, ...]:
    """What the user replied to, unless the bot said it: that is in the conversation already."""
    replied = message.reply_to_message
    if replied is None or replied.text is None or replied.from_user is None:
        return ()
    if replied.from_user.id == bot_id:
        return ()
    return (Material(f"message by {replied.from_user.full_name}", replied.text),)
