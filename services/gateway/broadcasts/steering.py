import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.chassis.errors import ServiceUnavailable
from services.gateway.broadcasts.ledger import Ledger
from services.gateway.broadcasts.order import Course, Order

LOOK_SECONDS: Final = 1.0
"""A change of course is obeyed this soon."""


class Steering:
    """How one delivery is to go on, and how fast. `closing`: this gateway is about to stop speaking."""

    def __init__(self, order: Order, closing: asyncio.Event) -> None:
        self._order = order
        self._closing = closing
        self._next_at = 0.0

    @asynccontextmanager
    async def watching(self, ledger: Ledger, delivery_id: str) -> AsyncIterator[None]:
        """Keep up with the ledger while the block runs."""
        watching = asyncio.create_task(self._watch(ledger, delivery_id), name="course of a delivery")
        try:
            yield
        finally:
            watching.cancel()

    async def may_send(self) -> bool:
        """Wait until the next message may go; False where none may any more.

        Raises ServiceUnavailable where another gateway is to go on.
        """
        while True:
            if self._closing.is_set():
                raise ServiceUnavailable("another gateway goes on")
            if self._order.course not in (Course.RUNNING, Course.PAUSED):
                return False
            early = max(self._order.not_before - time.time(), self._next_at - time.monotonic())
            if self._order.course is Course.RUNNING and early <= 0:
                self._next_at = time.monotonic() + 1 / self._order.messages_per_second
                return True
            await self._pause(LOOK_SECONDS if self._order.course is Course.PAUSED else early)

    async def pace(self) -> None:
        """Wait for the turn of what goes in any case. Raises ServiceUnavailable as `may_send` does."""
        await asyncio.sleep(1 / self._order.messages_per_second)
        if self._closing.is_set():
            raise ServiceUnavailable("another gateway goes on")

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, LOOK_SECONDS)):
                await self._closing.wait()
        except TimeoutError:
            return

    async def _watch(self, ledger: Ledger, delivery_id: str) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                self._order = await ledger.order(delivery_id)
            except ServiceUnavailable:
                continue
