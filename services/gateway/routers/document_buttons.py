from aiogram import Bot, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from services.chassis.errors import QuartetError
from services.gateway.buttons import keyboard
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.docs_client import DocsClient
from services.gateway.documents.buttons import DocumentPress, DocumentVerb
from services.gateway.documents.keyboard import about_row, marked
from services.gateway.documents.names import shown_name
from services.gateway.documents.standing import markup_of, text_of_pressed
from services.gateway.people import Awaited
from services.gateway.questions import speaker_of
from services.gateway.routers.awaited import await_message
from services.gateway.routers.document_pressed import DocumentPressed
from services.gateway.speech import Speech
from services.gateway.turns import PageRef, Part
from services.gateway.wording import Wording


def router() -> Router:
    """The buttons under answers from documents. They are for everyone in the chat."""
    routes = Router(name="document buttons")
    routes.callback_query.register(show_page, DocumentPressed(DocumentVerb.PAGE))
    routes.callback_query.register(ask, DocumentPressed(DocumentVerb.ASK))
    routes.callback_query.register(enter_or_leave, DocumentPressed(DocumentVerb.ENTER, DocumentVerb.LEAVE))
    routes.callback_query.register(ask_for_password, DocumentPressed(DocumentVerb.KEY))
    return routes


async def show_page(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    docs_client: DocsClient,
    press: DocumentPress,
) -> None:
    """A page that an answer rests on, as a picture with the passage marked."""
    document_id = press.document_id(bot.id, turn.chat_id)
    try:
        document = await docs_client.get(document_id, speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, wording.error(error, turn.language))
        return
    await _toast(query, turn, speech, wording.say("document-page-opening", turn.language))
    sources = await speech.revisions.sources(turn, press.answer_id(bot.id, turn.chat_id))
    passage = sources.passage(document_id, press.number) if sources else ""
    page = wording.say(
        "document-page-button", turn.language, unit=str(document.unit), number=str(press.number)
    )
    turn.reply_to_message_id = query.message.message_id if query.message else None
    part = Part(
        picture=PageRef(document_id=document_id, page_number=press.number, passage=passage),
        text=f"📄 {shown_name(document.title or document.filename)} · {page}",
        keyboard=keyboard(about_row(document_id, turn.language, wording)),
    )
    await speech.replies.deliver(turn, [part])


async def ask(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, press: DocumentPress
) -> None:
    """Asks what is suggested, as if it had been written. The button itself says what."""
    if turn.purpose is not Purpose.RETRY:
        await _toast(query, turn, speech)
    sources = await speech.revisions.sources(turn, press.answer_id(bot.id, turn.chat_id))
    suggested = sources.suggested_questions[press.number : press.number + 1] if sources else ()
    turn.transcript = suggested[0] if suggested else text_of_pressed(query)
    if not turn.transcript:
        await speech.replies.say(turn, wording.say("question-forgotten", turn.language))
        return
    document_ids = sources.document_ids if sources else (press.document_id(bot.id, turn.chat_id),)

    async def question() -> str:
        return turn.transcript

    await speech.inquiries.ask(turn, document_ids, question)


async def enter_or_leave(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, press: DocumentPress
) -> None:
    """Whether what is said next is about the documents of this answer, or about anything."""
    sources = await speech.revisions.sources(turn, press.answer_id(bot.id, turn.chat_id))
    document_ids = sources.document_ids if sources else (press.document_id(bot.id, turn.chat_id),)
    if press.verb is DocumentVerb.ENTER:
        await speech.inquiries.open(turn, document_ids)
        said = wording.say("document-entered", turn.language, count=len(document_ids))
    else:
        await speech.inquiries.open(turn, ())
        said = wording.say("document-left", turn.language)
    await _toast(query, turn, speech, said)
    if isinstance(query.message, Message) and query.message.reply_markup is not None:
        buttons = marked(markup_of(query.message), press.verb)
        await speech.replies.swap_keyboard(turn, query.message.message_id, buttons)


async def ask_for_password(
    query: CallbackQuery, bot: Bot, turn: Turn, speech: Speech, wording: Wording, press: DocumentPress
) -> None:
    """Waits for the password. In a group, where many speak, a reply gives it."""
    if not turn.is_private:
        text = wording.say("document-password-ask-group", turn.language)
    else:
        text = wording.say("document-password-ask", turn.language)
        subject = press.answer_id(bot.id, turn.chat_id)
        await await_message(turn, speech, Awaited.DOCUMENT_KEY, subject=subject)
    method = AnswerCallbackQuery(callback_query_id=query.id, text=text, show_alert=not turn.is_private)
    await speech.replies.toast(turn, method)


async def _toast(query: CallbackQuery, turn: Turn, speech: Speech, text: str | None = None) -> None:
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))
