import asyncio
from collections.abc import Sequence

from tests.load.audience import Audience
from tests.load.exchange import Exchange


async def ask_all(audience: Audience, exchanges: Sequence[Exchange], *, per_second: float) -> None:
    """Everybody asks once, at even distances; returns when the last answer is over."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def ask(number: int, exchange: Exchange) -> None:
        await asyncio.sleep(began + number / per_second - loop.time())
        await audience.send(exchange)
        await audience.until_over(exchange)

    await asyncio.gather(*(ask(number, exchange) for number, exchange in enumerate(exchanges)))
