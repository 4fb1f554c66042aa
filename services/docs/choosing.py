from collections.abc import Iterable, Mapping, Sequence

from services.docs.finding import Found
from services.docs.readers.base import Page


def pages_for(found: Iterable[Found], pages: Mapping[int, Page], *, max_characters: int) -> list[Page]:
    """Choose the pages that matter, best first until the room is used up, and return them in their order.

    A page comes along with its neighbours where there is room: what a passage means often stands beside it.
    """
    ranked = list(dict.fromkeys(each.passage.page_number for each in found))
    chosen: dict[int, Page] = {}
    left = max_characters
    for number in (*ranked, *_neighbours(ranked)):
        page = pages.get(number)
        if page is not None and number not in chosen and len(page.text) <= left:
            chosen[number] = page
            left -= len(page.text)
    return [chosen[number] for number in sorted(chosen)]


def _neighbours(ranked: Sequence[int]) -> Iterable[int]:
    for number in ranked:
        yield number + 1
        yield number - 1
