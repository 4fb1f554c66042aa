import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class KeyedLocks:
    """A lock for each key, for as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._interested = Counter[str]()

    @asynccontextmanager
    async def held(self, key: str) -> AsyncIterator[None]:
        """Be the only one with this key, for the time of the block."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._interested[key] += 1
        try:
            async with lock:
                yield
        finally:
            self._interested[key] -= 1
            if not self._interested[key]:
                del self._locks[key], self._interested[key]
