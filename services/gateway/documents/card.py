from collections.abc import Sequence
from typing import Final

from services.gateway.documents.document import Document
from services.gateway.documents.names import shown_name
from services.gateway.rendering import Entity, EntityType, FormattedText, italic, utf16_length
from services.gateway.wording import Language, Wording

MAX_HEADINGS: Final = 6
MAX_HEADING_CHARACTERS: Final = 70
EMPTY: Final = FormattedText("")

Unread = tuple[str, str]
"""The name of a file that could not be read, and why."""


def card_of(
    documents: Sequence[Document],
    unread: Sequence[Unread],
    language: Language,
    wording: Wording,
    *,
    is_private: bool,
) -> FormattedText:
    """What the documents are that somebody has brought, and how to go on."""
    card = EMPTY
    for number, document in enumerate(documents, 1):
        described = described_as(document, language, wording, number=number if len(documents) > 1 else 0)
        card = card.followed_by(described)
        if len(documents) == 1:
            card = card.followed_by(outline_of(document, language, wording))
    for name, why in unread:
        card = card.followed_by(FormattedText(f"⚠️ {shown_name(name)}: {why}"))
    if is_private:
        return card.followed_by(italic(wording.say("document-ask", language, count=len(documents))))
    return card.followed_by(italic(wording.say("document-ask-group", language, count=len(documents))))


def described_as(
    document: Document, language: Language, wording: Wording, *, number: int = 0
) -> FormattedText:
    """A document's title, and what kind of document it is."""
    title = shown_name(document.title or document.filename, MAX_HEADING_CHARACTERS)
    head = FormattedText(f"📄 {number}." if number else "📄").followed_by(_bold(title), gap=" ")
    return head.followed_by(FormattedText(facts_of(document, language, wording)), gap="\n")


def facts_of(document: Document, language: Language, wording: Wording) -> str:
    """The format, the size, the language, and how it was read."""
    facts = [
        wording.say("document-format", language, format=document.format),
        wording.say("document-size", language, unit=str(document.unit), count=document.page_count),
    ]
    if document.language_code:
        facts.append(wording.say("document-language", language, code=document.language_code))
    if document.recognised_page_count:
        facts.append(wording.say("document-recognised", language, count=document.recognised_page_count))
    return " · ".join(facts)


def outline_of(document: Document, language: Language, wording: Wording) -> FormattedText:
    """The first headings with their pages; empty where there are none."""
    if not document.outline:
        return EMPTY
    highest = min(heading.level for heading in document.outline)
    headings = [heading for heading in document.outline if heading.level == highest]
    if len(headings) == 1:
        # That is the title.
        headings = [heading for heading in document.outline if heading.level <= highest + 1]
    lines = [
        f"• {shown_name(heading.title, MAX_HEADING_CHARACTERS)} ({heading.page_number})"
        for heading in headings[:MAX_HEADINGS]
    ]
    if len(headings) > MAX_HEADINGS:
        lines.append("…")
    title = FormattedText(wording.say("document-outline", language))
    return title.followed_by(FormattedText("\n".join(lines)), gap="\n")


def _bold(text: str) -> FormattedText:
    return FormattedText(text, (Entity(EntityType.BOLD, 0, utf16_length(text)),))
