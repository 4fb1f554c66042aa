import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

AGAIN_SECONDS: Final = 0.5


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


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, at most so long, and tell whether it is set."""
    with suppress(TimeoutError):
        # Not wait_for: up to Python 3.11 it swallows a cancellation that comes together with the event.
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


async def ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended.

    Once is not enough for what waits for NATS: its client uses wait_for, which up to Python 3.11 swallows a
    cancellation that comes together with the answer. https://github.com/python/cpython/issues/86296
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
