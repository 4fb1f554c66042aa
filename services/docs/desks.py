import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Desks:
    """Where files are read, a few at once. Who comes then waits for their turn.

    No owner takes all of them: while one waits for their own, the others' turns come. Where there is but one
    desk, owners take turns.
    """

    def __init__(self, count: int) -> None:
        self._all = asyncio.Semaphore(count)
        self._share = max(1, count - 1)
        self._of_owners: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def taken(self, owner: int) -> AsyncIterator[None]:
        """Take a desk for a long time."""
        own = self._of_owners.setdefault(owner, asyncio.Semaphore(self._share))
        async with own, self._all:
            yield

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[None]:
        """Take a desk for a moment: it need not wait for what its owner has read."""
        async with self._all:
            yield
