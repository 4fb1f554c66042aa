from dataclasses import dataclass, field
from datetime import datetime

from services.docs.readers.base import Format, Heading, Page, PageUnit

MAX_TITLE_CHARACTERS = 128
MAX_FILENAME_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class Content:
    """What was read of a file. The same file sent twice by one owner has one content.

    `transcript` and `file` name objects in the vault; `digest` is the file's SHA-256; `own_title` is what the
    document calls itself.
    """

    digest: str
    own_title: str
    transcript: str
    file: str
    format: Format
    unit: PageUnit
    page_count: int
    recognised_page_count: int
    character_count: int
    size_bytes: int
    language: str

    @property
    def objects(self) -> tuple[str, str]:
        return self.transcript, self.file


@dataclass(frozen=True, slots=True)
class Document:
    """A document on its owner's shelf."""

    document_id: str
    title: str
    filename: str
    content: Content
    created_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Transcript:
    """The text of a document, page by page, and its outline.

    `password` opens the file, from which pages are drawn; it stands where all that it protects stands.
    """

    headings: tuple[Heading, ...]
    pages: tuple[Page, ...]
    password: str = field(default="", repr=False)

    @property
    def character_count(self) -> int:
        return sum(len(page.text) for page in self.pages)


@dataclass(frozen=True, slots=True)
class Volume:
    """A document that an answer is made of, opened. They are numbered from one."""

    number: int
    document: Document
    transcript: Transcript

    @property
    def pages(self) -> tuple[Page, ...]:
        return self.transcript.pages


def plain(text: str, max_characters: int) -> str:
    """Make one line of what a file or a user calls itself: nothing in it moves what stands around."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line[:max_characters].rstrip()
