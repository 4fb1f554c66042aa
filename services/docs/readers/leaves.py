from collections.abc import Iterable, Iterator

from services.docs.readers.base import Format, Overview, Page, PageUnit, Problem, Unreadable
from services.docs.readers.blocks import Block, laid_out
from services.docs.readers.drawing import draw_text


class TextDocument:
    """A document that is text alone: its pages are drawn as text."""

    def __init__(
        self,
        format_: Format,
        blocks: Iterable[Block],
        *,
        unit: PageUnit = PageUnit.PAGE,
        title: str = "",
        author: str = "",
    ) -> None:
        """`unit` is what the blocks' pages are; without any they are parts. Raises Unreadable."""
        leaves = laid_out(blocks, may_be_long=unit is not PageUnit.PAGE)
        if not leaves.texts:
            raise Unreadable(Problem.EMPTY)
        self._texts = leaves.texts
        self.overview = Overview(
            format=format_,
            unit=unit if leaves.has_pages else PageUnit.PART,
            page_count=len(leaves.texts),
            title=title.strip(),
            author=author.strip(),
            headings=tuple(leaves.headings),
        )

    def pages(self) -> Iterator[Page]:
        return (Page(number, text) for number, text in enumerate(self._texts, start=1))

    def render(self, page_number: int, passage: str, max_side_pixels: int) -> bytes:
        return draw_text(self._texts[page_number - 1], passage, max_side_pixels)
