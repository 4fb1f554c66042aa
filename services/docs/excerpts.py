from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from services.docs.finding import Found
from services.docs.readers.base import Page

GAP: Final = "\n\n[…]\n\n"


def excerpted(pages: Iterable[Page], found: Sequence[Found], *, max_characters: int) -> Iterator[Page]:
    """Let the passages that matter stand for pages that are too long; the beginning, where none does."""
    by_page: dict[int, list[Found]] = defaultdict(list)
    for each in found:
        by_page[each.passage.page_number].append(each)
    for page in pages:
        if len(page.text) <= max_characters:
            yield page
        else:
            yield replace(page, text=_excerpt(page, by_page[page.number], max_characters))


def _excerpt(page: Page, found: Sequence[Found], max_characters: int) -> str:
    chosen: list[Found] = []
    left = max_characters
    for each in found:
        size = len(each.passage.text) + len(GAP)
        if size <= left:
            chosen.append(each)
            left -= size
    if not chosen:
        return page.text[: max_characters - len(GAP)] + GAP.rstrip()
    return GAP.join(each.passage.text for each in sorted(chosen, key=lambda each: each.number))
