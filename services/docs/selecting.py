import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.docs.choosing import pages_for
from services.docs.excerpts import excerpted
from services.docs.finding import Found
from services.docs.passages import Passage
from services.docs.readers.base import Page

# What stands around the text of a page: its mark, and the frame of the material.
AROUND_CHARACTERS: Final = 32
# Of what may go along, the most that one page may take, as a share.
PAGE_SHARE: Final = 0.25
NAMED_PAGE: Final = re.compile(
    r"(?:\b(?:стр(?:\.|аниц\w*)?|page|pages|p\.|pp\.|слайд\w*|slide|лист\w*|sheet)\s*(?:№\s*)?(\d{1,5})\b)"
    r"|(?:\b(\d{1,5})(?:-?(?:й|ой|ю|ую|я|ая|е|ом|го|th|st|nd|rd))?\s+(?:стр\b|страниц\w*|page\b|слайд\w*|slide\b))",
    re.IGNORECASE,
)


def size_of(pages: Sequence[Page]) -> int:
    """How many characters pages take as materials."""
    return sum(len(page.text) + AROUND_CHARACTERS for page in pages if page.text)


def shares(sizes: Sequence[int], room: int) -> list[int]:
    """Share room fairly: what is small gets all it needs, the others the same part of what is left."""
    granted = dict.fromkeys(range(len(sizes)), 0)
    waiting = sorted(granted, key=lambda index: sizes[index])
    for done, index in enumerate(waiting):
        granted[index] = min(sizes[index], room // (len(waiting) - done))
        room -= granted[index]
    return list(granted.values())


def selected(pages: Sequence[Page], found: Sequence[Found], question: str, *, room: int) -> list[Page]:
    """Choose the pages that go along with a question where not all do.

    First those that the question names, then those with the passages that matter, best first. Where nothing
    is found the document's beginning goes along. Of a page that is very long, its passages stand for it.
    """
    short = excerpted(pages, found, max_characters=round(room * PAGE_SHARE))
    by_number = {page.number: page for page in short}
    named = [number for number in _named_pages(question) if number in by_number]
    wanted = [*map(_all_of, named), *found] or [_all_of(page.number) for page in pages]
    return pages_for(wanted, by_number, max_characters=room)


def _named_pages(question: str) -> Iterator[int]:
    for match in NAMED_PAGE.finditer(question):
        yield int(match[1] or match[2])


def _all_of(page_number: int) -> Found:
    return Found(0, Passage(page_number, ""), 0.0)
