import asyncio
import time
from pathlib import Path
from typing import Final

from tests.load.arrivals import ask_all
from tests.load.figures import Figures, answer_figures
from tests.load.house import audience_of, question
from tests.load.progress import tell, tell_of_missing
from tests.support.stack import Stack, running_stack

USERS: Final = 100
ARRIVALS_PER_SECOND: Final = 4.0
SETTLED_SECONDS: Final = 3.0
REPLACED: Final = ("text", "gateway", "gateway-2", "text", "gateway-2", "gateway")
"""There and back: an upgrade, and the release before in its place again."""


async def rolling(directory: Path) -> Figures:
    """A hundred users ask, four a second, while every process they need is replaced, one after the other.

    Each is told to end as a deployment does it (SIGTERM, then its drain) and started anew; twice each.
    """
    async with running_stack(directory, gateways=2) as stack, audience_of(stack) as audience:
        user_ids = await audience.add_users(USERS)
        await audience.forget_journal()
        exchanges = [audience.prepare(user_id, question(number)) for number, user_id in enumerate(user_ids)]
        asking = asyncio.create_task(ask_all(audience, exchanges, per_second=ARRIVALS_PER_SECOND))
        took = [await _replace(stack, name) for name in REPLACED]
        tell(f"{sum(not exchange.over.is_set() for exchange in exchanges)} answers are still under way")
        await asking
        await asyncio.sleep(SETTLED_SECONDS)
        tell_of_missing(exchanges)
        doubled = [exchange for exchange in exchanges if exchange.times_shown > 1]
        return {
            **answer_figures(exchanges, await audience.journal()),
            "replaced": len(REPLACED),
            "longest_replacement_s": round(max(took), 1),
            "answers_cut_off_and_told_so": sum(exchange.is_interrupted for exchange in exchanges),
            "answers_doubled_unmarked": sum(not exchange.is_marked_as_sent_again for exchange in doubled),
        }


async def _replace(stack: Stack, name: str) -> float:
    began_at, process = time.monotonic(), stack.processes[name]
    await process.stop()
    await process.start()
    tell(f"{name} is replaced.")
    await asyncio.sleep(SETTLED_SECONDS)
    return time.monotonic() - began_at - SETTLED_SECONDS
