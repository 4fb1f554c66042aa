from typing import Final

from aiogram import Bot, F, Router
from aiogram.methods import AnswerCallbackQuery, AnswerInlineQuery
from aiogram.types import (
    CallbackQuery,
    ChosenInlineResult,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
)

from services.gateway.buttons import keyboard
from services.gateway.delivery.composing import NO_PREVIEW
from services.gateway.delivery.turn import Turn
from services.gateway.dialogue import Question
from services.gateway.questions import speaker_of
from services.gateway.routers.matching import Matching
from services.gateway.speech import Speech
from services.gateway.wording import Wording

RESULT_ID: Final = "ask"
WAIT: Final = "wait"
"""Data of a button that asks for nothing."""
MAX_SHOWN_CHARACTERS: Final = 200


def router() -> Router:
    """Questions asked in any chat: `@bot question`.

    While a person types nothing is asked of any model; the answer begins when they choose to send it.
    """
    routes = Router(name="inline")
    routes.inline_query.register(offer)
    routes.callback_query.register(say_wait, Matching(F.data == WAIT))
    routes.chosen_inline_result.register(answer_chosen, Matching(F.inline_message_id))
    return routes


async def offer(query: InlineQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    """Shows what will be asked, or how to ask."""
    asked = query.query.strip()
    results = [_result(asked, turn, wording)] if asked else [_hint(turn, wording)]
    method = AnswerInlineQuery(
        inline_query_id=query.id, results=list(results), cache_time=0, is_personal=True
    )
    await speech.replies.answer_inline(turn, method)


async def answer_chosen(chosen: ChosenInlineResult, bot: Bot, turn: Turn, speech: Speech) -> None:
    """Answers in the place of the message that was sent. It is a conversation of its own."""
    if chosen.result_id != RESULT_ID:
        return
    # The words that were sent give place to the answer: it shows them above itself.
    turn.transcript = chosen.query.strip()
    question = Question(
        turn_id=turn.turn_id,
        conversation_id=f"tg.{bot.id}.inline.{turn.turn_id}",
        speaker=speaker_of(turn),
        instruction=turn.transcript,
        preferences=turn.preferences,
    )

    async def asked() -> Question:
        return question

    await speech.answers.answer(turn, asked)


async def say_wait(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    text = wording.say("inline-wait", turn.language)
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))


def _result(asked: str, turn: Turn, wording: Wording) -> InlineQueryResultArticle:
    shown = asked if len(asked) <= MAX_SHOWN_CHARACTERS else asked[:MAX_SHOWN_CHARACTERS] + "…"
    text = wording.say("inline-waiting", turn.language, question=shown)
    # Of a message without buttons Telegram gives no id, and it could not become the answer.
    buttons = keyboard([(wording.say("inline-wait-button", turn.language), WAIT)])
    return InlineQueryResultArticle(
        id=RESULT_ID,
        title=wording.say("inline-ask", turn.language),
        description=shown,
        input_message_content=InputTextMessageContent(
            message_text=text, parse_mode=None, link_preview_options=NO_PREVIEW
        ),
        reply_markup=InlineKeyboardMarkup.model_validate(buttons),
    )


def _hint(turn: Turn, wording: Wording) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id="hint",
        title=wording.say("inline-hint", turn.language),
        description=wording.say("inline-hint-how", turn.language),
        input_message_content=InputTextMessageContent(
            message_text=wording.say("inline-hint-how", turn.language), parse_mode=None
        ),
    )
