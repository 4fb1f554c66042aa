import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pypdf
from pypdf.generic import Destination

from services.docs.readers.base import Heading

PATIENCE_SECONDS: Final = 5.0
"""pypdf reads in Python: what a hostile file makes it do is cut short, and the facts are missing."""
REMINDER_SECONDS: Final = 0.2
MAX_HEADINGS: Final = 500
MAX_TITLE_CHARACTERS: Final = 200


class OutOfPatience(BaseException):
    """The file makes the library think for too long. Not for the library to catch."""


class PdfFacts:
    """Title, author and outline of a PDF, and a second opinion on its text, as far as pypdf gets in time."""

    def __init__(self, file: Path, password: str) -> None:
        self._file = file
        self._password = password
        self._is_given_up = False
        self.title = self.author = ""
        self.headings: tuple[Heading, ...] = ()
        self._try(self._read)

    def second_opinion(self, page_number: int) -> str:
        """The text of a page; empty where pypdf cannot read it."""
        found: list[str] = []
        self._try(lambda: found.append(self._reader.pages[page_number - 1].extract_text()))
        return "".join(found)

    @cached_property
    def _reader(self) -> pypdf.PdfReader:
        return pypdf.PdfReader(self._file, password=self._password or None)

    def _try(self, read: Callable[[], object]) -> None:
        if self._is_given_up:
            return
        try:
            with patience():
                read()
        except OutOfPatience:
            self._is_given_up = True
        except Exception:  # noqa: BLE001 - whatever it stumbles over, the pages are read by another library
            return

    def _read(self) -> None:
        metadata = self._reader.metadata
        if metadata is not None:
            self.title, self.author = _clean(metadata.title), _clean(metadata.author)
        self.headings = tuple(islice(_headings(self._reader, self._reader.outline, 1), MAX_HEADINGS))


@contextmanager
def patience() -> Iterator[None]:
    """Raise OutOfPatience in what takes too long, and again where that is overheard."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise OutOfPatience

    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS, REMINDER_SECONDS)
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
