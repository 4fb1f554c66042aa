from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.gateway.buttons import DOCUMENT_PREFIX
from services.gateway.updates import turn_id_in_chat, turn_suffix

MAX_NUMBER_DIGITS: Final = 6
"""A client may send any data: no document has so many pages."""
NONE: Final = "-"
"""Stands for the document where a button means none."""


class DocumentVerb(StrEnum):
    """What a button that speaks of documents asks for."""

    PAGE = "page"
    """The page of that number, as a picture; the value names the answer that cites it."""
    ASK = "ask"
    """The suggested question of that number; the value names the answer that suggests it."""
    ENTER = "in"
    """What is said next is about the documents of an answer, which the value names."""
    LEAVE = "out"
    """What is said next is about no document."""
    KEY = "key"
    """The password of the document, in the next message."""
    LIST = "list"
    """The documents of the chat, from that page of the list."""
    MARK = "mark"
    """The document is one of those that are asked, or no longer; the number is the list's page."""
    SHOW = "show"
    """What there is to know and to do about the document."""
    ONLY = "only"
    """This document is the one that is asked."""
    NAME = "name"
    """Another title, in the next message."""
    DROP = "drop"
    """Whether the document is really to be deleted."""
    GONE = "gone"
    """The document is deleted."""
    SHUT = "shut"
    """The list goes."""


ASKING: Final = frozenset({DocumentVerb.ASK})
"""Those that ask the model."""


@dataclass(frozen=True)
class DocumentPress:
    """A button that speaks of a document, which the suffix of the turn that brought it names."""

    verb: DocumentVerb
    document_suffix: str = NONE
    number: int = 0
    value: str = ""

    @property
    def data(self) -> str:
        """The callback data, of at most 64 bytes: `doc:<verb>:<document suffix>:<number>[:<value>]`."""
        value = f":{self.value}" if self.value else ""
        return f"{DOCUMENT_PREFIX}{self.verb}:{self.document_suffix}:{self.number}{value}"

    @property
    def names_document(self) -> bool:
        return self.document_suffix != NONE

    def document_id(self, bot_id: int, chat_id: int) -> str:
        return turn_id_in_chat(bot_id, chat_id, self.document_suffix)

    def answer_id(self, bot_id: int, chat_id: int) -> str:
        """The turn of the question to whose answer the button belongs."""
        return turn_id_in_chat(bot_id, chat_id, self.value)


def press_on(verb: DocumentVerb, document_id: str, number: int = 0, value: str = "") -> DocumentPress:
    return DocumentPress(verb, turn_suffix(document_id), number, value)


def parse_document_press(data: str) -> DocumentPress | None:
    """What a button's data means, if it is one of these."""
    if not data.startswith(DOCUMENT_PREFIX):
        return None
    verb, _, rest = data.removeprefix(DOCUMENT_PREFIX).partition(":")
    suffix, _, rest = rest.partition(":")
    number, _, value = rest.partition(":")
    is_number = number.isdecimal() and len(number) <= MAX_NUMBER_DIGITS
    if verb not in DocumentVerb.__members__.values() or not suffix or not is_number:
        return None
    return DocumentPress(DocumentVerb(verb), suffix, int(number), value)


def presses_in(markup: dict[str, Any]) -> Iterator[tuple[DocumentPress, str]]:
    """The buttons of ours under a message, with what they say, as the Bot API shows its keyboard."""
    for row in markup.get("inline_keyboard") or ():
        for button in row:
            press = parse_document_press(button.get("callback_data") or "")
            if press is not None:
                yield press, str(button.get("text") or "")
