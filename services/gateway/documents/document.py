from dataclasses import dataclass, field
from enum import StrEnum

from services.gateway.dialogue import Speaker, Spent


class PageUnit(StrEnum):
    """What page numbers count: the values of `quartet.docs.v1.PageUnit`."""

    PAGE = "page"
    SLIDE = "slide"
    SHEET = "sheet"
    PART = "part"


@dataclass(frozen=True)
class Heading:
    """A line of an outline. `level` counts from one."""

    title: str
    page_number: int
    level: int


@dataclass(frozen=True)
class Document:
    """A document that has been read and is kept."""

    document_id: str
    title: str
    filename: str
    format: str
    """Such as "pdf"."""
    unit: PageUnit
    page_count: int
    recognised_page_count: int
    language_code: str
    """Empty where it could not be told."""
    size_bytes: int
    outline: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Upload:
    """A file to be read. `document_id` is the id of the turn that brought it."""

    document_id: str
    speaker: Speaker
    filename: str
    mime_type: str
    content: bytes = field(repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class PagesRead:
    """How far a document is read."""

    count: int
    page_count: int
    is_recognising: bool
    """Whether the pages are pictures, which takes longer."""


@dataclass(frozen=True)
class Citation:
    """A page that an answer rests on, and its words that are meant; empty for all of it."""

    document_id: str
    page_number: int
    passage: str = ""


@dataclass(frozen=True)
class StepsDone:
    """How far a long document has been gone through for an answer."""

    count: int
    step_count: int


@dataclass(frozen=True)
class Told:
    """The end of an answer."""

    citations: tuple[Citation, ...] = ()
    suggested_questions: tuple[str, ...] = ()
    is_truncated: bool = False
    model: str = ""
    failed_over: bool = False
    spent: Spent = field(default_factory=Spent)
