import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.docs.passages import Passage, passages_of
from services.docs.readers.base import Page
from services.docs.words import Words

MARK: Final = re.compile(r"\[(?:(\d{1,3}):)?(\d{1,6})\]")
# What may still become a mark when more of it comes.
BEGUN_MARK: Final = re.compile(r" ?\[(?:\d{1,3}:?)?\d{0,6}\Z| \Z")
SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|\n")
LEAST_SHARED: Final = 0.2


@dataclass(frozen=True, slots=True)
class Place:
    """A page of one of the documents that an answer is made of; they are counted from one."""

    document: int
    page_number: int

    def mark(self, *, documents: int) -> str:
        """The mark of the place in titles and answers."""
        return f"[{self.page_number}]" if documents == 1 else f"[{self.document}:{self.page_number}]"


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that an answer names, and the passage there that bears it out; empty where none stands out."""

    place: Place
    passage: str = ""


class Marks:
    """Lets an answer through as it comes, without marks of pages that were not given to the model."""

    def __init__(self, given: Iterable[Place], *, documents: int) -> None:
        self._given = frozenset(given)
        self._documents = documents
        self._held = ""
        self.text = ""
        self.places: list[Place] = []

    def feed(self, delta: str) -> str:
        """Return what may be shown now."""
        text = self._held + delta
        begun = BEGUN_MARK.search(text)
        end = begun.start() if begun else len(text)
        self._held = text[end:]
        return self._let_through(text[:end])

    def end(self) -> str:
        """Return what was held back to the last."""
        held, self._held = self._held, ""
        return self._let_through(held)

    def _let_through(self, text: str) -> str:
        shown = re.sub(rf" ?{MARK.pattern}", self._checked, text)
        self.text += shown
        return shown

    def _checked(self, mark: re.Match[str]) -> str:
        place = place_of(mark, documents=self._documents)
        if place not in self._given:
            return ""
        if place not in self.places:
            self.places.append(place)
        return mark[0]


def place_of(mark: re.Match[str], *, documents: int) -> Place:
    """Read a mark; without a number the only document is meant."""
    return Place(int(mark[1]) if mark[1] and documents > 1 else 1, int(mark[2]))


def cited(answer: str, pages: Sequence[tuple[Place, Page]], words: Words) -> list[Cited]:
    """Find for each place that an answer names the passage that its statements rest on."""
    documents = max((place.document for place, _page in pages), default=1)
    said: dict[Place, str] = {}
    for sentence in SENTENCE_END.split(answer):
        for mark in MARK.finditer(sentence):
            place = place_of(mark, documents=documents)
            said[place] = f"{said.get(place, '')} {MARK.sub('', sentence)}"
    by_place = dict(pages)
    return [
        Cited(place, _passage(statement, by_place[place], words))
        for place, statement in said.items()
        if place in by_place
    ]


def _passage(statement: str, page: Page, words: Words) -> str:
    """The sentences of a page that share most with a statement."""
    wanted = set(words.stems(statement))
    if not wanted:
        return ""
    best, most = "", 0.0
    for sentence in _sentences(page):
        stems = set(words.stems(sentence))
        shared = len(wanted & stems) / (len(wanted) ** 0.5 * max(1, len(stems)) ** 0.5)
        if shared > most:
            best, most = sentence, shared
    return best if most >= LEAST_SHARED else ""


def _sentences(page: Page) -> Iterable[str]:
    for passage in passages_of([page]):
        yield from _pieces(passage)


def _pieces(passage: Passage) -> Iterable[str]:
    return (piece.strip() for piece in SENTENCE_END.split(passage.text) if piece.strip())
