from collections.abc import Sequence
from typing import Any, Final

from services.gateway.buttons import Keyboard
from services.gateway.documents.buttons import DocumentVerb, parse_document_press, press_on
from services.gateway.documents.document import Citation
from services.gateway.documents.sources import Sources
from services.gateway.wording import Language, Wording

MAX_PAGES: Final = 8
PAGES_IN_A_ROW: Final = 4
MARK: Final = "✅ "

Row = list[tuple[str, str]]
"""Buttons side by side: what each says, and its callback data."""


def rows_under(
    sources: Sources, answer_suffix: str, language: Language, wording: Wording, *, is_private: bool
) -> tuple[list[Row], list[Row]]:
    """The buttons under an answer from documents: those above the others' and those below them.

    Each names a document: so a reply to the message is known to be about it.
    """
    suggested = [
        [(question, press_on(DocumentVerb.ASK, sources.document_ids[0], index, answer_suffix).data)]
        for index, question in enumerate(sources.suggested_questions)
    ]
    pages = [
        (_page(sources, cited, language, wording), _data(cited, answer_suffix))
        for cited in _once(sources.citations)[:MAX_PAGES]
    ]
    rows = [pages[begin : begin + PAGES_IN_A_ROW] for begin in range(0, len(pages), PAGES_IN_A_ROW)]
    if is_private:
        return [*suggested, *rows], [way_row(sources, answer_suffix, language, wording)]
    return [*suggested, *rows], [about_row(sources.document_ids[0], language, wording)]


def about_row(document_id: str, language: Language, wording: Wording) -> Row:
    """The way to all that can be done with a document."""
    show = press_on(DocumentVerb.SHOW, document_id).data
    return [(wording.say("document-button", language), show)]


def key_row(document_id: str, answer_suffix: str, language: Language, wording: Wording) -> Row:
    """The way to give a document's password later."""
    key = press_on(DocumentVerb.KEY, document_id, value=answer_suffix).data
    return [(wording.say("document-key-button", language), key)]


def way_row(sources: Sources, answer_suffix: str, language: Language, wording: Wording) -> Row:
    """Whether what is said next is about the documents, as far as is known here, and the way out."""
    document_id, count = sources.document_ids[0], len(sources.documents)
    enter = press_on(DocumentVerb.ENTER, document_id, value=answer_suffix).data
    leave = press_on(DocumentVerb.LEAVE, document_id, value=answer_suffix).data
    return [
        (MARK + wording.say("document-enter-button", language, count=count), enter),
        (wording.say("document-leave-button", language), leave),
    ]


def marked(markup: dict[str, Any], verb: DocumentVerb) -> Keyboard:
    """A keyboard of ours with the mark at the way that was chosen."""
    ways = (DocumentVerb.ENTER, DocumentVerb.LEAVE)

    def button(shown: dict[str, Any]) -> dict[str, Any]:
        press = parse_document_press(shown.get("callback_data") or "")
        if press is None or press.verb not in ways:
            return shown
        text = str(shown["text"]).removeprefix(MARK)
        return {**shown, "text": f"{MARK}{text}" if press.verb is verb else text}

    return {"inline_keyboard": [[button(shown) for shown in row] for row in markup["inline_keyboard"]]}


def _once(citations: Sequence[Citation]) -> list[Citation]:
    """Each page once, in the order of their first mention."""
    pages: dict[tuple[str, int], Citation] = {}
    for cited in citations:
        pages.setdefault((cited.document_id, cited.page_number), cited)
    return list(pages.values())


def _page(sources: Sources, cited: Citation, language: Language, wording: Wording) -> str:
    units = {source.document_id: source.unit for source in sources.documents}
    unit = str(units.get(cited.document_id, "page"))
    said = wording.say("document-page-button", language, unit=unit, number=str(cited.page_number))
    if len(sources.documents) == 1 or cited.document_id not in units:
        return said
    return f"{sources.document_ids.index(cited.document_id) + 1}: {said}"


def _data(cited: Citation, answer_suffix: str) -> str:
    return press_on(DocumentVerb.PAGE, cited.document_id, cited.page_number, answer_suffix).data
