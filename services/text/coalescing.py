import asyncio
from collections.abc import AsyncGenerator


class Coalescer:
    """Joins small texts into fewer: the first goes at once, then at most one each interval, nothing is lost.

    One side puts and at last closes, the other iterates. It holds no more than one answer.
    """

    def __init__(self, interval_seconds: float) -> None:
        self._interval_seconds = interval_seconds
        self._texts: list[str] = []
        self._ready = asyncio.Event()
        self._closed = asyncio.Event()

    def put(self, text: str) -> None:
        self._texts.append(text)
        self._ready.set()

    def close(self) -> None:
        """No more texts will come; what is left goes at once."""
        self._closed.set()
        self._ready.set()

    async def texts(self) -> AsyncGenerator[str]:
        """Yield until closed and empty."""
        loop = asyncio.get_running_loop()
        next_at = loop.time()
        while True:
            await self._ready.wait()
            await self._closed_until(next_at)
            if not self._texts:
                return
            text = "".join(self._texts)
            self._texts.clear()
            if not self._closed.is_set():
                self._ready.clear()
            next_at = loop.time() + self._interval_seconds
            yield text

    async def _closed_until(self, moment: float) -> None:
        if self._closed.is_set() or asyncio.get_running_loop().time() >= moment:
            return
        try:
            async with asyncio.timeout_at(moment):
                await self._closed.wait()
        except TimeoutError:
            return
