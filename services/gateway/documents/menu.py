from collections.abc import Collection, Sequence
from typing import Any, Final

from services.gateway.documents.buttons import DocumentPress, DocumentVerb, press_on
from services.gateway.documents.card import described_as, outline_of
from services.gateway.documents.document import Document
from services.gateway.documents.keyboard import MARK
from services.gateway.documents.names import shown_name
from services.gateway.menus import Page, Screen, Trail
from services.gateway.menus.page import Button
from services.gateway.rendering import FormattedText, to_dicts
from services.gateway.wording import Language, Wording

DOCUMENTS_ON_A_PAGE: Final = 6
MAX_BUTTON_CHARACTERS: Final = 34
UNMARKED: Final = "⬜ "


def list_page(
    documents: Sequence[Document],
    opened: Collection[str],
    number: int,
    language: Language,
    wording: Wording,
    *,
    is_private: bool,
    note: str = "",
) -> Page:
    """The documents of a chat, those that are asked marked. Pages are numbered from one."""
    page = Page(note)
    page.write(wording.say("documents-title", language, count=len(documents)), "bold")
    if not documents:
        page.write(wording.say("documents-none", language))
        page.add_row(_home(language, wording), _shut(language, wording))
        return page
    if is_private:
        page.write(wording.say("documents-hint", language))
    else:
        page.write(wording.say("documents-hint-group", language))
    last = (len(documents) - 1) // DOCUMENTS_ON_A_PAGE + 1
    number = min(max(number, 1), last)
    begin = (number - 1) * DOCUMENTS_ON_A_PAGE
    for document in documents[begin : begin + DOCUMENTS_ON_A_PAGE]:
        mark = MARK if document.document_id in opened else UNMARKED
        title = mark + shown_name(document.title or document.filename, MAX_BUTTON_CHARACTERS)
        page.add_row(
            (title, press_on(DocumentVerb.MARK, document.document_id, number).data),
            ("⋯", press_on(DocumentVerb.SHOW, document.document_id, number).data),
        )
    if last > 1:
        page.add_row(*_walking(number, last))
    page.add_row(_home(language, wording), _shut(language, wording))
    return page


def document_page(
    document: Document, number: int, language: Language, wording: Wording, *, note: str = ""
) -> Page:
    """What there is to know of a document, and to do with it. `number`: the page of the list it is on."""
    page = Page(note)
    _write(page, described_as(document, language, wording))
    outline = outline_of(document, language, wording)
    if outline.text:
        _write(page, outline)

    def button(text: str, verb: DocumentVerb) -> Button:
        return text, press_on(verb, document.document_id, number).data

    page.add_row(button(wording.say("document-only-button", language), DocumentVerb.ONLY))
    page.add_row(
        button(wording.say("document-name-button", language), DocumentVerb.NAME),
        button(wording.say("document-drop-button", language), DocumentVerb.DROP),
    )
    page.add_row((wording.say("back-button", language), _list(number)))
    return page


def dropping_page(document: Document, number: int, language: Language, wording: Wording) -> Page:
    """Asks once more: what is deleted does not come back."""
    page = Page()
    title = shown_name(document.title or document.filename)
    page.write(wording.say("document-drop-title", language, title=title), "bold")
    page.write(wording.say("document-drop-hint", language))
    gone = press_on(DocumentVerb.GONE, document.document_id, number).data
    back = press_on(DocumentVerb.SHOW, document.document_id, number).data
    page.add_row((wording.say("document-gone-button", language), gone))
    page.add_row((wording.say("forget-no-button", language), back))
    return page


def closed_page(language: Language, wording: Wording) -> Page:
    """What is left of a list that cannot be deleted."""
    page = Page()
    page.write(wording.say("documents-closed", language))
    return page


def _write(page: Page, text: FormattedText) -> None:
    added = Page(text.text, [dict[str, Any](entity) for entity in to_dicts(text.entities)])
    both = page.followed_by(added) if page.text else added
    page.text, page.entities = both.text, both.entities


def _walking(number: int, last: int) -> list[Button]:
    back, on = max(number - 1, 1), min(number + 1, last)
    return [("⬅️", _list(back)), (f"{number}/{last}", _list(number)), ("➡️", _list(on))]


def _list(number: int) -> str:
    return DocumentPress(DocumentVerb.LIST, number=max(number, 1)).data


def _home(language: Language, wording: Wording) -> Button:
    return wording.say("settings-button", language), Trail.of(Screen.HOME).data()


def _shut(language: Language, wording: Wording) -> Button:
    return wording.say("close-button", language), DocumentPress(DocumentVerb.SHUT).data
