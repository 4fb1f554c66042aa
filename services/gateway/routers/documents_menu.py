from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message

from services.chassis.errors import QuartetError
from services.gateway.delivery.turn import Turn
from services.gateway.docs_client import DocsClient
from services.gateway.documents.buttons import DocumentPress, DocumentVerb
from services.gateway.documents.menu import closed_page, document_page, dropping_page, list_page
from services.gateway.menus import Page
from services.gateway.people import MAX_OPEN, Awaited
from services.gateway.questions import speaker_of
from services.gateway.routers.awaited import await_message
from services.gateway.routers.document_pressed import DocumentPressed
from services.gateway.routers.settable import MaySet
from services.gateway.speech import Speech
from services.gateway.turns import Part
from services.gateway.wording import Wording

CHANGING = (DocumentVerb.NAME, DocumentVerb.DROP, DocumentVerb.GONE)
"""In a group for its admins only."""


def router() -> Router:
    """The documents of a chat: which are asked, what each is, its title, its end."""
    routes = Router(name="documents menu")
    routes.message.register(open_list, Command("docs", "documents"))
    routes.callback_query.register(show_list, DocumentPressed(DocumentVerb.LIST))
    routes.callback_query.register(mark, DocumentPressed(DocumentVerb.MARK))
    routes.callback_query.register(show, DocumentPressed(DocumentVerb.SHOW))
    routes.callback_query.register(ask_only, DocumentPressed(DocumentVerb.ONLY))
    routes.callback_query.register(ask_for_title, DocumentPressed(DocumentVerb.NAME), MaySet())
    routes.callback_query.register(ask_whether, DocumentPressed(DocumentVerb.DROP), MaySet())
    routes.callback_query.register(delete, DocumentPressed(DocumentVerb.GONE), MaySet())
    routes.callback_query.register(refuse, DocumentPressed(*CHANGING))
    routes.callback_query.register(shut, DocumentPressed(DocumentVerb.SHUT))
    return routes


async def open_list(
    _message: Message, turn: Turn, speech: Speech, wording: Wording, docs_client: DocsClient
) -> None:
    """The documents, in a message of their own."""
    try:
        page = await _list(turn, wording, docs_client, 1)
    except QuartetError as error:
        await speech.replies.say(turn, wording.error(error, turn.language))
        return
    await speech.replies.deliver(turn, [_part(page)])


async def show_list(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    docs_client: DocsClient,
    press: DocumentPress,
) -> None:
    await _redraw_list(query, turn, speech, wording, docs_client, press.number)


async def mark(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    docs_client: DocsClient,
    press: DocumentPress,
) -> None:
    """Makes a document one of those that are asked, or no longer one."""
    document_id = press.document_id(bot.id, turn.chat_id)
    opened = turn.preferences.documents_in(turn.thread_id, turn.received_at)
    others = tuple(each for each in opened if each != document_id)
    if document_id not in opened and len(opened) >= MAX_OPEN:
        await _toast(query, turn, speech, wording.say("documents-enough", turn.language, limit=MAX_OPEN))
        return
    await speech.inquiries.open(turn, others if document_id in opened else (*opened, document_id))
    await _redraw_list(query, turn, speech, wording, docs_client, press.number)


async def show(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    docs_client: DocsClient,
    press: DocumentPress,
) -> None:
    """What a document is: in the place of the list, or in a message of its own where an answer stands."""
    try:
        document = await docs_client.get(press.document_id(bot.id, turn.chat_id), speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, wording.error(error, turn.language))
        return
    await _toast(query, turn, speech)
    page = document_page(document, press.number or 1, turn.language, wording)
    if press.number:
        await _redraw(query, turn, speech, page)
    else:
        await speech.replies.deliver(turn, [_part(page)])


async def ask_only(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    press: DocumentPress,
) -> None:
    """This document, and no other, is what is said next about."""
    await speech.inquiries.open(turn, (press.document_id(bot.id, turn.chat_id),))
    if turn.is_private:
        await _toast(query, turn, speech, wording.say("document-entered", turn.language, count=1))
    else:
        await _toast(query, turn, speech, wording.say("document-marked", turn.language))


async def ask_for_title(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    press: DocumentPress,
) -> None:
    """Asks for another title, and waits for it."""
    await _toast(query, turn, speech)
    document_id = press.document_id(bot.id, turn.chat_id)
    await await_message(turn, speech, Awaited.DOCUMENT_TITLE, subject=document_id)
    if turn.is_private:
        await speech.replies.say(turn, wording.say("document-name-ask", turn.language))
    else:
        await speech.replies.say(turn, wording.say("document-name-ask-group", turn.language))


async def ask_whether(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    docs_client: DocsClient,
    press: DocumentPress,
) -> None:
    try:
        document = await docs_client.get(press.document_id(bot.id, turn.chat_id), speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, wording.error(error, turn.language))
        return
    await _toast(query, turn, speech)
    await _redraw(query, turn, speech, dropping_page(document, press.number, turn.language, wording))


async def delete(
    query: CallbackQuery,
    bot: Bot,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    docs_client: DocsClient,
    press: DocumentPress,
) -> None:
    """Deletes a document with all that was made of it."""
    document_id = press.document_id(bot.id, turn.chat_id)
    try:
        await docs_client.delete(document_id, speaker_of(turn))
    except QuartetError as error:
        await _toast(query, turn, speech, wording.error(error, turn.language))
        return
    await speech.inquiries.forget(turn, document_id)
    said = wording.say("document-deleted", turn.language)
    await _redraw_list(query, turn, speech, wording, docs_client, press.number, said=said)


async def refuse(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    await _toast(query, turn, speech, wording.say("documents-only-admins", turn.language))


async def shut(query: CallbackQuery, turn: Turn, speech: Speech, wording: Wording) -> None:
    await _toast(query, turn, speech)
    if query.message is not None and not await speech.replies.remove(turn, query.message.message_id):
        await _redraw(query, turn, speech, closed_page(turn.language, wording))


async def _redraw_list(
    query: CallbackQuery,
    turn: Turn,
    speech: Speech,
    wording: Wording,
    docs_client: DocsClient,
    number: int,
    *,
    said: str | None = None,
) -> None:
    try:
        page = await _list(turn, wording, docs_client, number)
    except QuartetError as error:
        await _toast(query, turn, speech, wording.error(error, turn.language))
        return
    await _toast(query, turn, speech, said)
    await _redraw(query, turn, speech, page)


async def _list(turn: Turn, wording: Wording, docs_client: DocsClient, number: int) -> Page:
    """Raises QuartetError."""
    documents = await docs_client.list(speaker_of(turn))
    opened = turn.preferences.documents_in(turn.thread_id, turn.received_at)
    return list_page(documents, opened, number, turn.language, wording, is_private=turn.is_private)


async def _redraw(query: CallbackQuery, turn: Turn, speech: Speech, page: Page) -> None:
    if query.message is not None:
        await speech.replies.redraw(turn, query.message.message_id, _part(page))


async def _toast(query: CallbackQuery, turn: Turn, speech: Speech, text: str | None = None) -> None:
    await speech.replies.toast(turn, AnswerCallbackQuery(callback_query_id=query.id, text=text))


def _part(page: Page) -> Part:
    return Part(text=page.text, entities=tuple(page.entities), keyboard=page.keyboard)
