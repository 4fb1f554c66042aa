import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

MARK: Final = re.compile(r"\[(?:(\d{1,3}):)?(\d{1,6})\]")
# What may still become a mark when more of it comes.
BEGUN_MARK: Final = re.compile(r" ?\[(?:\d{1,3}:?)?\d{0,6}\Z| \Z")


@dataclass(frozen=True, slots=True)
class Place:
    """A page of one of the documents that an answer is made of; they are counted from one."""

    document: int
    page_number: int

    def mark(self, *, documents: int) -> str:
        """The mark of the place in titles and answers."""
        return f"[{self.page_number}]" if documents == 1 else f"[{self.document}:{self.page_number}]"


Attribute = Callable[[int, str], Place | None]
"""Says whose page of a number bears out what was said last, if any does."""


class Marks:
    """Lets an answer through as it comes, without marks of pages that were not given to the model.

    A mark that names no document means the only one; where there are several, `attribute` decides.
    """

    def __init__(self, given: Iterable[Place], *, documents: int, attribute: Attribute) -> None:
        self._given = frozenset(given)
        self._documents = documents
        self._attribute = attribute
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
        begin, shown_before = 0, len(self.text)
        for mark in re.finditer(rf" ?{MARK.pattern}", text):
            self.text += text[begin : mark.start()]
            self.text += self._checked(mark)
            begin = mark.end()
        self.text += text[begin:]
        return self.text[shown_before:]

    def _checked(self, mark: re.Match[str]) -> str:
        place = self._place(mark)
        if place not in self._given:
            return ""
        if place not in self.places:
            self.places.append(place)
        return " " * mark[0].startswith(" ") + place.mark(documents=self._documents)

    def _place(self, mark: re.Match[str]) -> Place | None:
        if self._documents == 1:
            return Place(1, int(mark[2]))
        return place_of(mark) if mark[1] else self._attribute(int(mark[2]), self.text)


def place_of(mark: re.Match[str]) -> Place:
    """Read a mark; without a number the first document is meant."""
    return Place(int(mark[1] or 1), int(mark[2]))
