import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Room:
    """So many bytes of files may be in memory at once; others wait. A larger one waits until it is alone."""

    def __init__(self, bytes_: int) -> None:
        self._bytes = bytes_
        self._taken_bytes = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def take(self, size_bytes: int) -> AsyncIterator[None]:
        taken_bytes = min(size_bytes, self._bytes)
        async with self._changed:
            await self._changed.wait_for(lambda: self._taken_bytes + taken_bytes <= self._bytes)
            self._taken_bytes += taken_bytes
        try:
            yield
        finally:
            self._taken_bytes -= taken_bytes
            async with self._changed:
                self._changed.notify_all()
