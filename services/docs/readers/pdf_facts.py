import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pypdf
from pypdf.generic import Destination

from services.docs.readers.base import Heading

PATIENCE_SECONDS: Final = 5.0
"""pypdf reads in Python: what a hostile file makes it do is cut short, and the facts are missing."""
MAX_HEADINGS: Final = 500
MAX_TITLE_CHARACTERS: Final = 200


class OutOfPatience(Exception):
    """The file makes the library think for too long."""


class PdfFacts:
    """Title, author and outline of a PDF, as far as pypdf finds them out in time."""

    def __init__(self, file: Path, password: str) -> None:
        self.title = self.author = ""
        self.headings: tuple[Heading, ...] = ()
        try:
            with patience():
                self._read(pypdf.PdfReader(file, password=password or None))
        except Exception:  # noqa: BLE001 - whatever it stumbles over, the pages are read by another library
            return

    def _read(self, reader: pypdf.PdfReader) -> None:
        if reader.metadata is not None:
            self.title = _clean(reader.metadata.title)
            self.author = _clean(reader.metadata.author)
        found = []
        for heading in _headings(reader, reader.outline, 1):
            found.append(heading)
            if len(found) == MAX_HEADINGS:
                break
        self.headings = tuple(found)


def second_opinion(file: Path, password: str, page_number: int) -> str:
    """The text of a page as pypdf reads it; empty where it cannot."""
    try:
        with patience():
            return pypdf.PdfReader(file, password=password or None).pages[page_number - 1].extract_text()
    except Exception:  # noqa: BLE001 - it is only a second opinion
        return ""


@contextmanager
def patience() -> Iterator[None]:
    """Raise OutOfPatience in what takes too long."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise OutOfPatience

    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _headings(reader: pypdf.PdfReader, outline: Iterable[Any], level: int) -> Iterator[Heading]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _headings(reader, entry, level + 1)
        elif isinstance(entry, Destination) and (title := _clean(entry.title)):
            number = reader.get_destination_page_number(entry)
            yield Heading(title, (number or 0) + 1, level)


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())[:MAX_TITLE_CHARACTERS]
