from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Format(StrEnum):
    """What a file is, told by its content and only then by its name."""

    PDF = "pdf"
    DOCX = "docx"
    TXT = "txt"
    MD = "md"
    CSV = "csv"
    XLSX = "xlsx"
    PPTX = "pptx"
    HTML = "html"
    RTF = "rtf"
    ODT = "odt"
    EPUB = "epub"
    IMAGE = "image"


class PageUnit(StrEnum):
    """What the numbers of a document count. PART: pieces of a text that has no pages of its own."""

    PAGE = "page"
    SLIDE = "slide"
    SHEET = "sheet"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of the outline. `level` counts from one."""

    title: str
    page_number: int
    level: int = 1


@dataclass(frozen=True, slots=True)
class Overview:
    """What is known of a document before its pages are read."""

    format: Format
    unit: PageUnit
    page_count: int
    title: str = ""
    author: str = ""
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page's text in reading order. Paragraphs are apart by an empty line. `number` counts from one."""

    number: int
    text: str = field(repr=False)
    is_recognised: bool = False
    """Whether it was read off a picture."""


class OpenDocument(Protocol):
    """A document in the hands of its reader."""

    @property
    def overview(self) -> Overview: ...

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order, each as soon as it is read."""
        ...

    def render(self, page_number: int, passage: str, max_side_pixels: int) -> bytes:
        """Draw a page as a PNG, the passage marked where it is found."""
        ...


class Reader(Protocol):
    """Reads one format. It runs in the jail only. Its methods raise Unreadable."""

    def open(self, file: Path, password: str) -> OpenDocument: ...


class Problem(StrEnum):
    """Why a document cannot be read; each has a sentence of its own for the user."""

    UNKNOWN_FORMAT = "unknown_format"
    BROKEN = "broken"
    EMPTY = "empty"
    PASSWORD_NEEDED = "password_needed"  # noqa: S105  # a name
    PASSWORD_WRONG = "password_wrong"  # noqa: S105  # a name
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MUCH_TEXT = "too_much_text"
    TOO_DEEP = "too_deep"
    ARCHIVE_BOMB = "archive_bomb"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    OCR_MISSING = "ocr_missing"


class Unreadable(Exception):
    """The document, or what is left of it, cannot be read. `limit` is the number that was passed, if any."""

    def __init__(self, problem: Problem, limit: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.limit = limit
