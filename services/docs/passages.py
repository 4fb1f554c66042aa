from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from services.docs.readers.base import Page

PASSAGE_CHARACTERS: Final = 1000
LEAST_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page that speaks of one thing, more or less: some paragraphs, or a part of a long one."""

    page_number: int
    text: str


def passages_of(pages: Iterable[Page]) -> Iterator[Passage]:
    """Cut pages into passages. They never cross a page, for an answer names the page of each."""
    for page in pages:
        said: list[str] = []
        for paragraph in _paragraphs(page.text):
            if said and sum(map(len, said)) + len(paragraph) > PASSAGE_CHARACTERS:
                yield Passage(page.number, "\n\n".join(said))
                # A heading alone belongs to what follows it.
                said = said[-1:] if len(said[-1]) < LEAST_CHARACTERS // 2 else []
            said.append(paragraph)
        if said:
            yield Passage(page.number, "\n\n".join(said))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        rest = paragraph.strip()
        while len(rest) > PASSAGE_CHARACTERS:
            window = rest[:PASSAGE_CHARACTERS]
            end = max(window.rfind(sign) + 1 for sign in (". ", "\n", "! ", "? "))
            if end < LEAST_CHARACTERS:
                end = window.rfind(" ") + 1 or PASSAGE_CHARACTERS
            yield rest[:end].strip()
            rest = rest[end:].strip()
        if rest:
            yield rest
