import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self

import structlog

from services.docs.jail.inmate import Inmate, Lost
from services.docs.readers.base import Unreadable

log = structlog.get_logger()

SPARES: Final = 1
NOT_STARTED: Final = (OSError, Lost, TimeoutError, Unreadable)


class Spares:
    """Keeps a process ready, so that a file need not wait until the libraries are read in."""

    def __init__(self) -> None:
        self._ready: list[Inmate] = []
        self._starting: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def kept(cls) -> AsyncIterator[Self]:
        """Keep one ready for the block."""
        spares = cls()
        spares._start()
        try:
            yield spares
        finally:
            for task in spares._starting:
                task.cancel()
            await asyncio.gather(*spares._starting, return_exceptions=True)
            for inmate in spares._ready:
                await inmate.end()

    async def take(self) -> Inmate:
        """Return a process that is ready. Raises OSError, Lost, TimeoutError, Unreadable."""
        while self._ready:
            inmate = self._ready.pop()
            self._start()
            if inmate.is_alive:
                return inmate
            await inmate.end()
        self._start()
        return await Inmate.start()

    def _start(self) -> None:
        if len(self._ready) + len(self._starting) >= SPARES:
            return
        task = asyncio.create_task(self._add())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _add(self) -> None:
        try:
            self._ready.append(await Inmate.start())
        except NOT_STARTED as error:
            log.error("reader_not_started", error=type(error).__name__)
