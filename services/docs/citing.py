import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.docs.marks import MARK, Place, place_of
from services.docs.passages import passages_of
from services.docs.readers.base import Page
from services.docs.words import Words

SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|\n")
LEAST_SHARED: Final = 0.2
# Where the mark itself says nothing of the document.
LEAST_BORNE_OUT: Final = 0.3
# Of what was said before a mark, for no statement is longer.
STATEMENT_CHARACTERS: Final = 1000


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that an answer names, and the passage there that bears it out; empty where none stands out."""

    place: Place
    passage: str = ""


class Attribution:
    """Finds which of several documents a mark means that names none: the one whose page bears it out."""

    def __init__(self, pages: Mapping[Place, Page], words: Words) -> None:
        self._pages = pages
        self._words = words

    def __call__(self, page_number: int, said: str) -> Place | None:
        """Return the place that bears out the last statement best; none, where no page of the number does."""
        statement = _last_statement(said[-STATEMENT_CHARACTERS:])
        shared = {
            place: _passage(statement, page, self._words)[1]
            for place, page in self._pages.items()
            if place.page_number == page_number
        }
        best = max(shared, key=lambda place: shared[place], default=None)
        return best if best and shared[best] >= LEAST_BORNE_OUT else None


def cited(answer: str, pages: Mapping[Place, Page], words: Words) -> list[Cited]:
    """Find for each place that an answer names the passage that its statements rest on."""
    said: dict[Place, str] = {}
    for mark, statement in _statements(answer):
        place = place_of(mark)
        said[place] = f"{said.get(place, '')} {statement}"
    return [
        Cited(place, _standing_out(statement, pages[place], words))
        for place, statement in said.items()
        if place in pages
    ]


def _statements(answer: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each mark with the sentence that it stands in, or after."""
    before = ""
    for sentence in SENTENCE_END.split(answer):
        before = _unmarked(sentence) or before
        for mark in MARK.finditer(sentence):
            yield mark, before


def _last_statement(said: str) -> str:
    return next(filter(None, map(_unmarked, reversed(SENTENCE_END.split(said)))), "")


def _unmarked(sentence: str) -> str:
    """Nothing, where only marks stand."""
    without = MARK.sub("", sentence)
    return without if any(map(str.isalnum, without)) else ""


def _standing_out(statement: str, page: Page, words: Words) -> str:
    passage, shared = _passage(statement, page, words)
    return passage if shared >= LEAST_SHARED else ""


def _passage(statement: str, page: Page, words: Words) -> tuple[str, float]:
    """The sentence of a page that shares most with a statement, and how much."""
    wanted = set(words.stems(statement))
    best, most = "", 0.0
    for sentence in _sentences(page) if wanted else ():
        stems = set(words.stems(sentence))
        shared = len(wanted & stems) / (len(wanted) ** 0.5 * max(1, len(stems)) ** 0.5)
        if shared > most:
            best, most = sentence, shared
    return best, most


def _sentences(page: Page) -> Iterable[str]:
    for passage in passages_of([page]):
        yield from (piece.strip() for piece in SENTENCE_END.split(passage.text) if piece.strip())
