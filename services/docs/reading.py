import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Self

import structlog

from services.chassis.errors import StartupError
from services.docs.jail.inmate import Inmate, Lost, Order, was_killed_for_time
from services.docs.limits import ReadingLimits
from services.docs.readers.base import Format, Heading, Overview, Page, PageUnit, Problem, Unreadable

log = structlog.get_logger()

SPARES: Final = 1
CHECK_SECONDS: Final = 30.0
RENDER_SECONDS: Final = 30.0


class Reading:
    """Reads each file in a process of its own, which is good for nothing else and dies with its job.

    One process waits ready, so that a file need not wait until the libraries are read in.
    """

    def __init__(self, limits: ReadingLimits) -> None:
        self._limits = limits
        self._spares: asyncio.Queue[Inmate] = asyncio.Queue()
        self._starting: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, limits: ReadingLimits) -> AsyncIterator[Self]:
        """Make sure that the processes cannot get out, and keep one ready for the block.

        Raises StartupError, which says what the kernel does not do.
        """
        reading = cls(limits)
        await reading._ensure_confinement()
        reading._start_spare()
        try:
            yield reading
        finally:
            await asyncio.gather(*reading._starting, return_exceptions=True)
            while not reading._spares.empty():
                await reading._spares.get_nowait().end()

    async def read(self, file: Path, password: str, filename: str) -> AsyncGenerator[Overview | Page]:
        """Yield the overview, then the pages. Raises Unreadable. Closing it kills the process."""
        inmate = await self._taken()
        began, characters = time.monotonic(), 0
        try:
            await inmate.order(self._order(file, filename, password))
            while True:
                message = await self._heard(inmate, began)
                if "done" in message:
                    return
                if "page" in message:
                    page = Page(**message["page"])
                    characters += len(page.text)
                    if characters > self._limits.text_characters:
                        raise Unreadable(Problem.TOO_MUCH_TEXT, self._limits.text_characters)
                    yield page
                else:
                    yield _overview(message["overview"])
        except Lost as error:
            raise _unreadable(error) from error
        finally:
            await inmate.end()

    async def render(self, file: Path, page_number: int, passage: str, password: str) -> bytes:
        """Draw a page as a PNG, the passage marked where it is found. Raises Unreadable."""
        inmate = await self._taken()
        drawing = {
            "page_number": page_number,
            "passage": passage,
            "side_pixels": self._limits.side_pixels,
        }
        try:
            async with asyncio.timeout(RENDER_SECONDS):
                await inmate.order(self._order(file, file.name, password, **drawing))
                message = await inmate.hear(max_bytes=self._limits.message_bytes)
        except TimeoutError as error:
            raise Unreadable(Problem.TOO_SLOW) from error
        except Lost as error:
            raise _unreadable(error) from error
        finally:
            await inmate.end()
        if isinstance(message, bytes):
            return message
        raise Unreadable(Problem(message.get("problem", Problem.BROKEN)), message.get("limit"))

    async def _heard(self, inmate: Inmate, began: float) -> dict[str, Any]:
        """The next message that is no problem. Raises Unreadable, Lost."""
        left_seconds = began + self._limits.wall_seconds - time.monotonic()
        try:
            async with asyncio.timeout(min(left_seconds, self._limits.silent_seconds)):
                message = await inmate.hear(max_bytes=self._limits.message_bytes)
        except TimeoutError as error:
            raise Unreadable(Problem.TOO_SLOW) from error
        if isinstance(message, bytes):
            raise Unreadable(Problem.BROKEN)
        if "problem" in message:
            if "error" in message:
                log.info("document_broke_its_reader", error=message["error"])
            raise Unreadable(Problem(message["problem"]), message["limit"])
        return message

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
        """A process that is ready, the spare one if there is one."""
        try:
            inmate = self._spares.get_nowait() if not self._spares.empty() else await Inmate.start()
        except (OSError, Lost, TimeoutError) as error:
            log.error("reader_not_started", error=type(error).__name__)
            raise Unreadable(Problem.TOO_SLOW) from error
        self._start_spare()
        return inmate

    def _start_spare(self) -> None:
        if self._spares.qsize() + len(self._starting) >= SPARES:
            return
        task = asyncio.create_task(self._add_spare())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _add_spare(self) -> None:
        try:
            self._spares.put_nowait(await Inmate.start())
        except (OSError, Lost, TimeoutError) as error:
            log.error("reader_not_started", error=type(error).__name__)

    async def _ensure_confinement(self) -> None:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                inmate = await Inmate.start()
                await inmate.order(Order(self._limits.memory_bytes, self._limits.cpu_seconds, None))
                found = await inmate.hear(max_bytes=4096)
        except (OSError, Lost, TimeoutError) as error:
            raise StartupError(
                "Documents cannot be read safely here: the kernel does not confine processes with Landlock "
                "(Linux 5.13 or newer, with lsm=landlock) and seccomp. Run the docs service where it does."
            ) from error
        await inmate.end()
        escapes = found.get("escapes", ["say nothing"]) if isinstance(found, dict) else ["say nothing"]
        if escapes:
            raise StartupError(
                f"Documents cannot be read safely here: a confined process could {', '.join(escapes)}. "
                "Run the docs service on a kernel with Landlock and seccomp."
            )


def _overview(facts: dict[str, Any]) -> Overview:
    headings = tuple(Heading(**heading) for heading in facts["headings"])
    known = {"format": Format(facts["format"]), "unit": PageUnit(facts["unit"]), "headings": headings}
    return Overview(**{**facts, **known})


def _unreadable(lost: Lost) -> Unreadable:
    return Unreadable(Problem.TOO_SLOW if was_killed_for_time(lost.exit_code) else Problem.BROKEN)
