import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from services.docs.readers.archive import ArchiveLimits, open_archive
from services.docs.readers.base import Format, OpenDocument, Problem, Unreadable
from services.docs.readers.blocks import Block
from services.docs.readers.docx_notes import Notes
from services.docs.readers.docx_numbering import Numbering
from services.docs.readers.docx_text import begins_page, text_of
from services.docs.readers.leaves import TextDocument

HEADING: Final = re.compile(r"(?:heading|заголовок) ?(\d)", re.IGNORECASE)
TITLES: Final = frozenset({"title", "название", "заглавие"})
MAX_TABLE_DEPTH: Final = 5


class DocxReader:
    """Word documents in reading order: paragraphs, lists with their numbers, tables, notes, headers."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._limits = limits

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # see formats.py
        open_archive(file, self._limits).close()
        try:
            document = docx.Document(str(file))
            facts = document.core_properties
            return TextDocument(Format.DOCX, _Body(document).blocks(), title=facts.title, author=facts.author)
        except RecursionError as error:
            raise Unreadable(Problem.TOO_DEEP) from error
        except (OpcError, LxmlError, BadZipFile, KeyError, ValueError, AttributeError) as error:
            raise Unreadable(Problem.BROKEN) from error


class _Body:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._notes = Notes(document.part)
        self._numbering = Numbering(document.part)

    def blocks(self) -> Iterator[Block]:
        yield from self._frame("header")
        for item in self._document.iter_inner_content():
            if isinstance(item, Table):
                yield Block("\n".join(self._rows(item, 1)), begins_page=begins_page(item._tbl))
            else:
                yield from self._paragraph(item)
        yield from self._frame("footer")

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Block]:
        """A paragraph, in as many blocks as it has pages; its notes come after it."""
        level = _level(paragraph)
        mark = self._numbering.mark(paragraph._p)
        for number, piece in enumerate(text_of(paragraph._p).split("\f")):
            text = f"{mark}{piece}" if not number else piece
            yield Block(text, level=level, begins_page=number > 0 or begins_page(paragraph._p))
        yield from map(Block, self._notes.of(paragraph._p))

    def _rows(self, table: Table, depth: int) -> Iterator[str]:
        for row in table.rows:
            seen: set[Any] = set()
            cells: list[str] = []
            for cell in row.cells:
                if cell._tc in seen:  # merged with the one before
                    continue
                seen.add(cell._tc)
                cells.append(self._cell(cell, depth))
            if any(cells):
                yield " | ".join(cells)

    def _cell(self, cell: Any, depth: int) -> str:
        texts: list[str] = []
        for item in cell.iter_inner_content():
            if isinstance(item, Table):
                if depth < MAX_TABLE_DEPTH:
                    texts += self._rows(item, depth + 1)
            else:
                texts += [text_of(item._p).replace("\f", " "), *self._notes.of(item._p)]
        return " ".join(" ".join(texts).split())

    def _frame(self, which: str) -> Iterator[Block]:
        """What stands above or below every page, once."""
        said: list[str] = []
        for section in self._document.sections:
            frame = getattr(section, which)
            if frame.is_linked_to_previous:
                continue
            text = "\n".join(filter(None, (text_of(each._p).strip() for each in frame.paragraphs)))
            if text and text not in said:
                said.append(text)
        yield from map(Block, said)


def _level(paragraph: Paragraph) -> int:
    """Of a heading, by its style, the styles that this builds on, or its place in the outline."""
    style: Any = paragraph.style
    for _ in range(10):
        if style is None:
            break
        name = (style.name or "").lower()
        if found := HEADING.match(name):
            return int(found[1])
        if name in TITLES:
            return 1
        style = style.base_style
    outline = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    level = int(outline.get(qn("w:val"), "9")) + 1 if outline is not None else 0
    return level if level <= 9 else 0
