import asyncio


class Broadcast:
    """Something that happens again and again, and that any number of tasks may wait for.

    Only what happens after `wait` was called wakes it; nothing is remembered.
    """

    def __init__(self) -> None:
        self._next: asyncio.Future[None] | None = None

    def send(self) -> None:
        """Wake everyone who waits now."""
        if self._next is not None:
            self._next.set_result(None)
            self._next = None

    async def wait(self) -> None:
        """Wait for the next time."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._next)
