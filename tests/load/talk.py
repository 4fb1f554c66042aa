import asyncio
from collections.abc import Sequence
from typing import Final

from tests.load.audience import Audience
from tests.load.exchange import Exchange
from tests.load.house import question

ANSWER_SECONDS: Final = 2.2


class Talk:
    """Users who ask again a while after they have been answered, until told to stop."""

    def __init__(self, audience: Audience, user_ids: Sequence[int], *, pause_seconds: float = 0.0) -> None:
        self.exchanges: list[Exchange] = []
        self._audience = audience
        self._pause_seconds = pause_seconds
        self._over = asyncio.Event()
        # One after the other, so that a kill finds answers in each of their stages.
        apart = (ANSWER_SECONDS + pause_seconds) / len(user_ids)
        self._tasks = [
            asyncio.create_task(self._keep_asking(user_id, number * apart))
            for number, user_id in enumerate(user_ids)
        ]

    async def end(self) -> None:
        """Lets everybody have the answer that they wait for."""
        self._over.set()
        await asyncio.gather(*self._tasks)

    async def _keep_asking(self, user_id: int, after_seconds: float) -> None:
        await self._rest(after_seconds)
        while not self._over.is_set():
            exchange = self._audience.prepare(user_id, question(len(self.exchanges)))
            self.exchanges.append(exchange)
            await self._audience.send(exchange)
            await self._audience.until_over(exchange)
            await self._rest(self._pause_seconds)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            return
