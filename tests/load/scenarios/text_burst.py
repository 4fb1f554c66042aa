import asyncio
from pathlib import Path
from typing import Final

from tests.load.arrivals import ask_all
from tests.load.audience import Audience
from tests.load.exchange import Exchange
from tests.load.figures import Figures, Meters, answer_figures
from tests.load.house import audience_of, question, speaker_of
from tests.load.progress import tell, tell_of_missing
from tests.support.stack import running_stack

USERS: Final = 100
ARRIVALS_PER_SECOND: Final = 50.0
KILL_AFTER_SECONDS: Final = 2.5
# Long enough for an answer that comes twice to do so.
AFTERMATH_SECONDS: Final = 2.0


async def text_burst(directory: Path) -> Figures:
    """A hundred users ask one question each, fifty of them a second, with Telegram's rate limits on.

    The vendor's first token comes after 0.2 s, then 100 tokens a second, 200 in all: nobody can show the
    final text before 2.2 s.
    """
    async with running_stack(directory) as stack, audience_of(stack) as audience:
        exchanges = await _prepared(audience)
        meters = Meters(stack.processes)
        await _burst(audience, exchanges)
        costs = meters.figures(USERS)
        return {**answer_figures(exchanges, await audience.journal()), **costs}


async def text_burst_kill(directory: Path) -> Figures:
    """The burst, and the gateway that speaks is killed with SIGKILL in the middle of it; another stands by.

    At that moment some answers are being sent, some grow, and some have not begun.
    """
    async with running_stack(directory, gateways=2) as stack, audience_of(stack) as audience:
        exchanges = await _prepared(audience)
        bursting = asyncio.create_task(_burst(audience, exchanges))
        await asyncio.sleep(KILL_AFTER_SECONDS)
        whole_before = sum(exchange.times_shown > 0 for exchange in exchanges)
        victim = await speaker_of(stack)
        await stack.kill(victim)
        tell(f"{victim} is dead; {whole_before} answers stand.")
        await bursting
        figures = answer_figures(exchanges, await audience.journal())
        return {
            **figures,
            "answers_marked_as_sent_again": sum(exchange.is_marked_as_sent_again for exchange in exchanges),
            "answers_doubled_unmarked": sum(
                exchange.times_shown > 1 and not exchange.is_marked_as_sent_again for exchange in exchanges
            ),
            "answers_whole_before_the_kill": whole_before,
        }


async def _prepared(audience: Audience) -> list[Exchange]:
    user_ids = await audience.add_users(USERS)
    await audience.forget_journal()
    return [audience.prepare(user_id, question(number)) for number, user_id in enumerate(user_ids)]


async def _burst(audience: Audience, exchanges: list[Exchange]) -> None:
    tell(f"{len(exchanges)} users ask, {ARRIVALS_PER_SECOND:g} a second.")
    await ask_all(audience, exchanges, per_second=ARRIVALS_PER_SECOND)
    await asyncio.sleep(AFTERMATH_SECONDS)
    tell_of_missing(exchanges)
