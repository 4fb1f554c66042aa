import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from services.docs.desks import Desks
from services.docs.language import Languages
from services.docs.metrics import DocsMetrics
from services.docs.readers.base import Format, Overview, Page, Problem, Unreadable

PROGRESS_SECONDS: Final = 0.25


class Jail(Protocol):
    """Reads files in processes of their own."""

    def read(self, file: Path, password: str, filename: str) -> AsyncGenerator[Overview | Page]:
        """Yield the overview, then the pages. Raises Unreadable. Closing it kills the process."""
        ...

    async def render(self, file: Path, page_number: int, passage: str, password: str) -> bytes:
        """Draw a page as a PNG. Raises Unreadable."""
        ...


@dataclass(frozen=True, slots=True)
class PagesRead:
    """How far a document is read. `is_recognising`: off pictures, which takes longer."""

    pages_read: int
    page_count: int
    is_recognising: bool = False


@dataclass(frozen=True, slots=True)
class WhatWasRead:
    """A document that is read to its end."""

    overview: Overview
    pages: tuple[Page, ...]
    language: str


class Readings:
    """Reads files, a few at once; who comes then waits for their turn, and no owner takes all."""

    def __init__(self, jail: Jail, languages: Languages, metrics: DocsMetrics, *, max_readings: int) -> None:
        self._jail = jail
        self._languages = languages
        self._metrics = metrics
        self._desks = Desks(max_readings)

    async def read(
        self, owner: int, file: Path, password: str, filename: str
    ) -> AsyncGenerator[PagesRead | WhatWasRead]:
        """Yield now and then how far it is, and at the end what was read. Raises Unreadable."""
        async with self._desks.taken(owner):
            begun_at = time.monotonic()
            overview, pages = None, []
            shown_at = 0.0
            async with aclosing(self._jail.read(file, password, filename)) as read:
                async for item in read:
                    if isinstance(item, Overview):
                        overview = item
                        yield PagesRead(0, overview.page_count)
                        continue
                    pages.append(item)
                    page_count = max(overview.page_count if overview else 0, len(pages))
                    if time.monotonic() - shown_at >= PROGRESS_SECONDS:
                        yield PagesRead(len(pages), page_count, item.is_recognised)
                        shown_at = time.monotonic()
        if overview is None or not any(page.text.strip() for page in pages):
            raise Unreadable(Problem.EMPTY)
        self._count(overview.format, pages, time.monotonic() - begun_at)
        yield WhatWasRead(overview, tuple(pages), await self._languages.of(pages))

    async def draw(self, file: Path, page_number: int, passage: str, password: str) -> bytes:
        """Draw a page as a PNG. Raises Unreadable."""
        async with self._desks.borrowed():
            return await self._jail.render(file, page_number, passage, password)

    def _count(self, format_: Format, pages: list[Page], seconds: float) -> None:
        for page in pages:
            self._metrics.page_read(format_, is_recognised=page.is_recognised)
        self._metrics.read(format_, seconds)
