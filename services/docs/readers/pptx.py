from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from lxml.etree import LxmlError
from pptx import Presentation
from pptx.exc import PythonPptxError

from services.docs.readers.archive import ArchiveLimits, open_archive
from services.docs.readers.base import Format, OpenDocument, PageUnit, Problem, Unreadable
from services.docs.readers.blocks import Block
from services.docs.readers.leaves import TextDocument


class PptxReader:
    """Presentations: each slide is a page, with its notes."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._limits = limits

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # see formats.py
        open_archive(file, self._limits).close()
        try:
            deck = Presentation(str(file))
            facts = deck.core_properties
            return TextDocument(
                Format.PPTX,
                _slides(deck.slides),
                unit=PageUnit.SLIDE,
                title=facts.title or "",
                author=facts.author or "",
            )
        except (PythonPptxError, LxmlError, BadZipFile, KeyError, ValueError, AttributeError) as error:
            raise Unreadable(Problem.BROKEN) from error


def _slides(slides: Iterable[Any]) -> Iterator[Block]:
    for slide in slides:
        title = slide.shapes.title
        heading = title.text_frame.text.strip() if title is not None else ""
        yield Block(heading, level=1 if heading else 0, begins_page=True)
        others = (shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id)
        for text in _texts(others):
            yield Block(text)
        if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
            yield Block(notes.text)


def _texts(shapes: Iterable[Any]) -> Iterator[str]:
    """What shapes say, as the eye goes: from above, then from the left."""
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        if shape.shape_type is not None and shape.shape_type == 6:  # a group
            yield from _texts(shape.shapes)
        elif shape.has_text_frame:
            yield "\n".join(
                filter(None, (paragraph.text.strip() for paragraph in shape.text_frame.paragraphs))
            )
        elif getattr(shape, "has_table", False):
            rows = ((cell.text.strip() for cell in row.cells) for row in shape.table.rows)
            yield "\n".join(" | ".join(row) for row in rows)
