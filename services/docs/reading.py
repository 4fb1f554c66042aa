import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Self

import structlog

from services.chassis.errors import StartupError
from services.docs.jail.inmate import Inmate, Lost, Order
from services.docs.jail.spares import NOT_STARTED, Spares
from services.docs.jail.statement import Statement
from services.docs.limits import ReadingLimits
from services.docs.readers.base import Overview, Page, Problem, Unreadable

log = structlog.get_logger()

UNSAFE: Final = "Documents cannot be read safely here: {}. Run the docs service where the kernel confines it."


class Reading:
    """Reads each file in a process of its own, which is good for nothing else and dies with its job."""

    def __init__(self, limits: ReadingLimits, spares: Spares) -> None:
        self._limits = limits
        self._spares = spares

    @classmethod
    @asynccontextmanager
    async def open(cls, limits: ReadingLimits) -> AsyncIterator[Self]:
        """Make sure that the processes cannot get out, and keep one ready for the block.

        Raises StartupError, which says what the kernel does not do.
        """
        async with Spares.kept() as spares:
            reading = cls(limits, spares)
            await reading._ensure_confinement()
            yield reading

    async def read(self, file: Path, password: str, filename: str) -> AsyncGenerator[Overview | Page]:
        """Yield the overview, then the pages. Raises Unreadable. Closing it kills the process."""
        began, page_count, characters = time.monotonic(), 0, 0
        inmate = await self._taken()
        try:
            await inmate.order(self._order(file, filename, password))
            message = await self._heard(inmate, until=began + self._limits.silent_seconds)
            if message.overview is None:
                raise Unreadable(Problem.BROKEN)
            yield message.overview
            until = began + self._limits.seconds_for(message.overview.page_count)
            while not (message := await self._heard(inmate, until=until)).done:
                page_count += 1
                page = self._next_page(message, page_count)
                characters += len(page.text)
                if characters > self._limits.text_characters:
                    raise Unreadable(Problem.TOO_MUCH_TEXT, self._limits.text_characters)
                yield page
        except Lost as error:
            raise Unreadable(error.problem) from error
        finally:
            await inmate.end()

    async def render(self, file: Path, page_number: int, passage: str, password: str) -> bytes:
        """Draw a page as a PNG, the passage marked where it is found. Raises Unreadable."""
        drawing = {
            "page_number": page_number,
            "passage": passage,
            "side_pixels": self._limits.side_pixels,
        }
        inmate = await self._taken()
        try:
            async with asyncio.timeout(self._limits.render_seconds):
                await inmate.order(self._order(file, file.name, password, **drawing))
                message = await inmate.hear(max_bytes=self._limits.message_bytes)
        except TimeoutError as error:
            raise Unreadable(Problem.TOO_SLOW) from error
        except Lost as error:
            raise Unreadable(error.problem) from error
        finally:
            await inmate.end()
        if isinstance(message, bytes):
            return message
        raise _refusal(message)

    async def _heard(self, inmate: Inmate, *, until: float) -> Statement:
        """The next message that is no refusal. Raises Unreadable, Lost."""
        left_seconds = until - time.monotonic()
        if left_seconds <= 0:
            raise Unreadable(Problem.TOO_SLOW)  # what has come already is heard without waiting
        try:
            async with asyncio.timeout(min(left_seconds, self._limits.silent_seconds)):
                message = await inmate.hear(max_bytes=self._limits.message_bytes)
        except TimeoutError as error:
            raise Unreadable(Problem.TOO_SLOW) from error
        if isinstance(message, bytes) or message.problem or message.unconfined:
            raise _refusal(message)
        return message

    def _next_page(self, message: Statement, number: int) -> Page:
        """Raises Unreadable: whoever has taken over the process may tell anything."""
        if number > self._limits.pages:
            raise Unreadable(Problem.TOO_MANY_PAGES, self._limits.pages)
        if message.page is None or message.page.number != number:
            raise Unreadable(Problem.BROKEN)
        return message.page

    def _order(self, file: Path, filename: str, password: str, **drawing: Any) -> Order:
        job = {
            "file": str(file),
            "filename": filename,
            "password": password,
            "pages": self._limits.pages,
            "archive": asdict(self._limits.archive),
            **drawing,
        }
        return Order(self._limits.memory_bytes, self._limits.cpu_seconds, job)

    async def _taken(self) -> Inmate:
        try:
            return await self._spares.take()
        except NOT_STARTED as error:
            log.error("reader_not_started", error=type(error).__name__)
            raise Unreadable(Problem.TOO_SLOW) from error

    async def _ensure_confinement(self) -> None:
        try:
            inmate = await Inmate.start()
        except NOT_STARTED as error:
            raise StartupError(f"No process can be started to read documents: {error!r}.") from error
        try:
            async with asyncio.timeout(self._limits.silent_seconds):
                await inmate.order(Order(self._limits.memory_bytes, self._limits.cpu_seconds, None))
                message = await inmate.hear(max_bytes=4096)
        except (Lost, TimeoutError, Unreadable) as error:
            raise StartupError(UNSAFE.format(f"a confined process ends ({error!r})")) from error
        finally:
            await inmate.end()
        if isinstance(message, bytes) or message.unconfined or message.escapes is None:
            reason = "a confined process says nothing" if isinstance(message, bytes) else message.unconfined
            raise StartupError(UNSAFE.format(reason))
        if message.escapes:
            raise StartupError(UNSAFE.format(f"a confined process could {', '.join(message.escapes)}"))


def _refusal(message: Statement | bytes) -> Unreadable:
    if isinstance(message, bytes):
        return Unreadable(Problem.BROKEN)
    if message.unconfined:
        log.error("reader_not_confined", reason=message.unconfined)
    if message.error:
        log.info("document_broke_its_reader", error=message.error)
    return Unreadable(message.problem or Problem.BROKEN, message.limit)
