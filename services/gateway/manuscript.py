from dataclasses import dataclass, replace
from typing import Any, Final

from services.chassis.errors import ProviderUnavailable, QuartetError
from services.gateway.buttons import keyboard
from services.gateway.dialogue import Finish
from services.gateway.documents.keyboard import about_row
from services.gateway.documents.opening import Opening
from services.gateway.documents.sources import NO_CARD, Sources
from services.gateway.rendering import (
    MAX_TEXT_UTF16,
    FormattedText,
    cut,
    italic,
    quoted,
    render,
    render_partial,
    split,
    to_dicts,
    utf16_length,
)
from services.gateway.rendering.rich import rich_message
from services.gateway.turns import File, Part
from services.gateway.wording import Language, Wording

MARK_RESERVE_UTF16: Final = 160
"""Room in each message for the mark of one that is sent again."""
NOTES_RESERVE_UTF16: Final = 400
"""Room for the notes in the only message there is."""
MANY_PARTS: Final = 4
"""An answer of more messages also comes as a file: nobody wants to copy it together."""
FILE_NAME: Final = "answer.md"


@dataclass
class Manuscript:
    """An answer while it is written, and how it ended."""

    markdown: str = ""
    finish: Finish | None = None
    failure: QuartetError | None = None
    remark: str = ""
    """What the bot itself says instead of an answer."""
    asked: str = ""
    """The question, where the chat does not show it in words: it was spoken, or asked by a button."""
    stand_in_model: str = ""
    """The model that answered, where it is not the one that the chat has chosen."""
    opening: Opening | None = None
    """What was shown while documents were read."""
    sources: Sources | None = None
    """What the answer is made from, where that is documents which have been read."""
    has_card_apart: bool = False
    """Whether what the documents are has a message of its own, and does not stand above the answer."""

    @property
    def is_blank(self) -> bool:
        return not self.markdown.strip()

    @property
    def is_unread(self) -> bool:
        """Whether it ended before the documents were read."""
        return self.opening is not None and self.sources is None

    @property
    def card(self) -> FormattedText:
        """What the documents are, for whoever brought them."""
        return self.sources.card if self.sources else NO_CARD

    def leave_out_card(self) -> None:
        """The card stands elsewhere, with the former answer."""
        self.sources = replace(self.sources, card=NO_CARD) if self.sources else None

    @property
    def end_label(self) -> str:
        if self.failure is not None:
            return self.failure.reason.removeprefix("ERROR_REASON_").lower()
        return (self.finish or Finish.COMPLETE).name.lower()


def parts_of(
    manuscript: Manuscript, language: Language, wording: Wording, *, is_plain: bool = True
) -> list[Part]:
    """The messages of the answer, under what was asked, with a note where it did not end by itself.

    Unless `is_plain`, what plain text cannot show is one rich message, with its plain ones to fall back on.
    """
    said, head = _said(manuscript), _head(manuscript)
    note = _note(manuscript, language, wording, is_empty=not said.text.strip())
    texts = split(_below(head, said, manuscript), MAX_TEXT_UTF16 - MARK_RESERVE_UTF16)
    if note:
        texts = _with_note(texts, note)
    parts = [Part(text=text.text, entities=to_dicts(text.entities)) for text in texts]
    rich = None if is_plain else rich_message(manuscript.markdown)
    if rich is None:
        return parts
    return [Part(rich=_framed(rich, head.text, note), instead=tuple(parts))]


def card_part_of(manuscript: Manuscript, language: Language, wording: Wording) -> Part | None:
    """The message that says what the documents are, where it is one of its own."""
    if manuscript.sources is None or not manuscript.has_card_apart or not manuscript.card.text:
        return None
    card, (document_id, *_others) = manuscript.card, manuscript.sources.document_ids
    return Part(
        text=card.text,
        entities=to_dicts(card.entities),
        keyboard=keyboard(about_row(document_id, language, wording)),
    )


def only_part_of(manuscript: Manuscript, language: Language, wording: Wording) -> Part:
    """The answer where there can be one message only: what does not fit is left out, and a note says so."""
    said, asked = _said(manuscript), quoted(manuscript.asked.strip())
    note = _note(manuscript, language, wording, is_empty=not said.text.strip())
    pages = cut(asked.followed_by(said, gap="\n"), MAX_TEXT_UTF16 - NOTES_RESERVE_UTF16)
    notes = [wording.say("inline-cut", language)] if len(pages) > 1 else []
    notes += [note] if note else []
    text = pages[0] if pages else FormattedText("")
    if notes:
        text = text.followed_by(italic("\n".join(notes)))
    return Part(text=text.text, entities=to_dicts(text.entities))


def file_of(manuscript: Manuscript, parts: list[Part]) -> Part | None:
    """The whole answer as a file, where it takes many messages."""
    if len(parts) <= MANY_PARTS:
        return None
    return Part(file=File(name=FILE_NAME, content=manuscript.markdown))


def _head(manuscript: Manuscript) -> FormattedText:
    """What stands above the answer: what the documents are, and what was asked without being written."""
    card = NO_CARD if manuscript.has_card_apart else manuscript.card
    return card.followed_by(quoted(manuscript.asked.strip()))


def _below(head: FormattedText, said: FormattedText, manuscript: Manuscript) -> FormattedText:
    return head.followed_by(said, gap="\n" if manuscript.asked.strip() else "\n\n")


def _said(manuscript: Manuscript) -> FormattedText:
    """The answer as it is shown; what was open where it was cut is closed."""
    is_cut = manuscript.finish is not Finish.COMPLETE
    return render_partial(manuscript.markdown) if is_cut else render(manuscript.markdown)


def _framed(rich: dict[str, Any], asked: str, note: str) -> dict[str, Any]:
    """The rich message with what was asked above it and the note below."""
    above = [{"type": "blockquote", "blocks": [{"type": "paragraph", "text": asked}]}] if asked else []
    below = [{"type": "paragraph", "text": {"type": "italic", "text": note}}] if note else []
    return {"blocks": [*above, *rich["blocks"], *below]}


def _with_note(texts: list[FormattedText], note: str) -> list[FormattedText]:
    """The note under the last message where there is room, else as a message of its own."""
    if not texts:
        return [FormattedText(note)]
    noted = texts[-1].followed_by(italic(note))
    if utf16_length(noted.text) > MAX_TEXT_UTF16 - MARK_RESERVE_UTF16:
        return [*texts, italic(note)]
    return [*texts[:-1], noted]


def _note(manuscript: Manuscript, language: Language, wording: Wording, *, is_empty: bool) -> str:
    if manuscript.remark:
        return manuscript.remark
    if manuscript.failure is not None:
        return wording.error(manuscript.failure, language)
    match manuscript.finish:
        case Finish.STOPPED if manuscript.is_unread:
            return wording.say("document-stopped", language)
        case Finish.STOPPED:
            return wording.say("stopped-notice", language)
        case Finish.INTERRUPTED:
            return wording.say("interrupted-notice", language)
        case Finish.TOO_LONG:
            return wording.say("length-notice", language)
        case _:
            if is_empty:
                # A model that says nothing has failed, whatever it calls it.
                return wording.error(ProviderUnavailable("empty answer"), language)
            stand_in = manuscript.stand_in_model
            return wording.say("stand-in-notice", language, model=stand_in) if stand_in else ""
