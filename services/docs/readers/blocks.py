from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from services.docs.readers.base import Heading

PART_CHARACTERS: Final = 2500
"""About a printed page."""
LEAST_PART_CHARACTERS: Final = 1000
"""A heading begins a new part only where the one before is so long."""
MAX_PAGE_CHARACTERS: Final = 12_000
"""What is longer is no page, but a document whose author ends pages only here and there."""
CHAPTER_LEVEL: Final = 2
SEPARATORS: Final = ("\n", ". ", "! ", "? ", " ")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a table: what is never torn apart without need. `level` 0 is no heading."""

    text: str
    level: int = 0
    begins_page: bool = False


@dataclass
class Leaves:
    """The pages, or parts, that blocks come to, and the headings among them."""

    texts: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    has_pages: bool = False


def laid_out(blocks: Iterable[Block], *, may_be_long: bool) -> Leaves:
    """Put blocks onto the pages that they name; parts of about a printed page where they name none.

    `may_be_long`: their pages are sheets or slides.
    """
    all_blocks = [block for block in blocks if block.text.strip() or block.begins_page]
    has_pages = may_be_long or any(block.begins_page for block in all_blocks[1:])
    leaves = _laid_out(all_blocks, has_pages=has_pages)
    if has_pages and not may_be_long and max(map(len, leaves.texts), default=0) > MAX_PAGE_CHARACTERS:
        return _laid_out(all_blocks, has_pages=False)
    return leaves


def _laid_out(all_blocks: list[Block], *, has_pages: bool) -> Leaves:
    leaves = Leaves(has_pages=has_pages)
    page: list[str] = []
    size = 0
    for block in all_blocks if leaves.has_pages else _in_pieces(all_blocks):
        if page and (block.begins_page if leaves.has_pages else _begins_part(block, size)):
            leaves.texts.append("\n\n".join(page))
            page, size = [], 0
        if block.text.strip():
            page.append(block.text.strip())
            size += len(block.text)
        if block.level:
            title = " ".join(block.text.split())
            leaves.headings.append(Heading(title, len(leaves.texts) + 1, block.level))
    if page:
        leaves.texts.append("\n\n".join(page))
    return leaves


def _begins_part(block: Block, size: int) -> bool:
    is_chapter = 0 < block.level <= CHAPTER_LEVEL
    return size + len(block.text) > PART_CHARACTERS or (is_chapter and size >= LEAST_PART_CHARACTERS)


def _in_pieces(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks that each fit into one part."""
    for block in blocks:
        if len(block.text) <= PART_CHARACTERS:
            yield block
        else:
            yield from (Block(piece, block.level) for piece in _cut(block.text))


def _cut(text: str) -> Iterator[str]:
    begin = 0
    while len(text) - begin > PART_CHARACTERS:
        window = text[begin : begin + PART_CHARACTERS]
        ends = (window.rfind(separator) + len(separator) for separator in SEPARATORS if separator in window)
        end = next((end for end in ends if end > PART_CHARACTERS // 2), PART_CHARACTERS)
        yield text[begin : begin + end]
        begin += end
    yield text[begin:]
