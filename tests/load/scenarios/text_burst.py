import asyncio
from pathlib import Path
from typing import Final

from tests.load.audience import Audience
from tests.load.exchange import Exchange
from tests.load.figures import Figures, Meters, answer_figures
from tests.load.house import audience_of, question
from tests.load.progress import tell, tell_of_missing
from tests.support.stack import running_stack

USERS: Final = 100
ARRIVALS_PER_SECOND: Final = 50.0
# Long enough for an answer that comes twice to do so.
AFTERMATH_SECONDS: Final = 2.0


async def text_burst(directory: Path) -> Figures:
    """A hundred users ask one question each, fifty of them a second, with Telegram's rate limits on.

    The vendor's first token comes after 0.2 s, then 100 tokens a second, 200 in all: nobody can show the
    final text before 2.2 s.
    """
    async with running_stack(directory) as stack, audience_of(stack) as audience:
        user_ids = await audience.add_users(USERS)
        await audience.forget_journal()
        meters = Meters(stack.processes)
        exchanges = await burst(audience, user_ids)
        await asyncio.sleep(AFTERMATH_SECONDS)
        costs = meters.figures(USERS)
        tell_of_missing(exchanges)
        return {**answer_figures(exchanges, await audience.journal()), **costs}


async def burst(audience: Audience, user_ids: list[int]) -> list[Exchange]:
    """Everybody asks once, at even distances."""
    exchanges = [audience.prepare(user_id, question(number)) for number, user_id in enumerate(user_ids)]
    tell(f"{len(user_ids)} users ask, {ARRIVALS_PER_SECOND:g} a second.")
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def ask(number: int, exchange: Exchange) -> None:
        await asyncio.sleep(began + number / ARRIVALS_PER_SECOND - loop.time())
        await audience.send(exchange)
        await audience.until_whole(exchange)

    await asyncio.gather(*(ask(number, exchange) for number, exchange in enumerate(exchanges)))
    return exchanges
