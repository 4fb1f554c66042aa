from aiogram import Bot, F, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from services.gateway.buttons import Press, parse_press
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import Finish
from services.gateway.endings import keyboard_of
from services.gateway.manuscript import Manuscript, parts_of
from services.gateway.rendering import MAX_TEXT_UTF16, as_code, split, to_dicts
from services.gateway.routers.matching import Matching
from services.gateway.speaking import spoken_text
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.updates import turn_id_in_chat
from services.gateway.wording import Wording


def router() -> Router:
    """The buttons that give an answer another form: spoken, to be copied, in plain messages."""
    routes = Router(name="answer forms")
    routes.callback_query.register(say, Matching(F.data.startswith(f"{Press.SAY}:")))
    routes.callback_query.register(copy, Matching(F.data.startswith(f"{Press.COPY}:")))
    routes.callback_query.register(make_plain, Matching(F.data.startswith(f"{Press.PLAIN}:")))
    return routes


async def say(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    """The answer in a voice message, under the written one."""
    spoken = spoken_text(await _answer_under(query, bot, turn, speech))
    text = None if spoken else wording.say("nothing-to-speak", turn.language)
    await _toast(query, turn, speech, text)
    if spoken:
        turn.reply_to_message_id = query.message.message_id if query.message else None
        await speech.replies.deliver(turn, [Part(speech=spoken)])


async def copy(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    """The answer as its source, in blocks of code: a tap copies one."""
    markdown = await _answer_under(query, bot, turn, speech)
    if not markdown:
        await _toast(query, turn, speech, wording.say("answer-forgotten", turn.language))
        return
    await _toast(query, turn, speech)
    texts = split(as_code(markdown), MAX_TEXT_UTF16)
    await speech.replies.deliver(
        turn, [Part(text=text.text, entities=to_dicts(text.entities)) for text in texts]
    )


async def make_plain(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording) -> None:
    """The answer in plain messages, in its place; from now on all of them."""
    markdown = await _answer_under(query, bot, turn, speech)
    await speech.people.change(turn.chat_id, lambda own: own.model_copy(update={"prefers_plain": True}))
    if not markdown:
        await _toast(query, turn, speech, wording.say("answer-forgotten", turn.language))
        return
    await _toast(query, turn, speech, wording.say("plain-from-now-on", turn.language))
    turn.purpose = Purpose.REGENERATE
    await speech.revisions.prepare(turn, query.message.message_id if query.message else None)
    sources = await speech.revisions.sources(turn)
    manuscript = Manuscript(markdown, Finish.COMPLETE, sources=sources)
    parts = parts_of(manuscript, turn.language, wording)
    parts[-1] = parts[-1].model_copy(update={"keyboard": keyboard_of(manuscript, turn, wording)})
    await speech.revisions.link(turn)
    await speech.replies.deliver(turn, parts, markdown=markdown, sources=sources)


async def _answer_under(query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech) -> str:
    _press, suffix = parse_press(query.data or "") or (Press.SAY, "")
    turn.subject_id = turn_id_in_chat(bot.id, turn.chat_id, suffix)
    return await speech.revisions.markdown(turn)


async def _toast(query: CallbackQuery, turn: Turn, speech: Speech, text: str | None = None) -> None:
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))
