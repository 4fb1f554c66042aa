import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from services.chassis.client import channel
from services.gateway.text_client import TextClient
from tests.load.figures import Figures, milliseconds, percentile
from tests.load.first_tokens import first_token_from_text, first_token_from_vendor, grpc_question, vendor
from tests.load.house import Pace, audience_of, question
from tests.load.progress import tell
from tests.support.stack import running_stack

# Short answers: the scenario is about their beginning.
PACE: Final = Pace(tokens=50)
ROUNDS: Final = {1: 15, 100: 3, 1000: 1}
"""How often each number of simultaneous answers is measured."""
MOST_WARMING_UP: Final = 100
QUIET_SECONDS: Final = 0.3
TIMEOUT_SECONDS: Final = 60.0

Ask = Callable[[int], Awaitable[float | None]]
"""Asks question number n; returns the seconds to the first token."""


async def text_simultaneous(directory: Path) -> Figures:
    """How much later than to the vendor's own SDK the first token comes, for 1, 100 and 1,000 at once.

    Once through the text service's gRPC, once through the whole bot, all asked in the same instant.
    Percentiles are of each way's times; "added" is their difference.
    """
    async with (
        running_stack(directory) as stack,
        audience_of(stack, PACE, patience_seconds=TIMEOUT_SECONDS) as audience,
        vendor(stack.openai_url) as client,
        channel(stack.text_target) as to_text,
    ):
        text = TextClient(to_text, timeout_seconds=TIMEOUT_SECONDS)
        user_ids = await audience.add_users(max(ROUNDS))

        async def directly(number: int) -> float:
            return await first_token_from_vendor(client, question(number))

        async def by_grpc(number: int) -> float:
            return await first_token_from_text(text, grpc_question(number))

        async def by_bot(number: int) -> float | None:
            exchange = await audience.ask(user_ids[number % len(user_ids)], question(number))
            return exchange.first_text_seconds

        ways = {"direct": directly, "grpc": by_grpc, "bot": by_bot}
        return {f"answers_{count}": await _compare(ways, count, rounds) for count, rounds in ROUNDS.items()}


async def _compare(ways: Mapping[str, Ask], count: int, rounds: int) -> Figures:
    seconds: dict[str, list[float | None]] = {way: [] for way in ways}
    for round_number in range(rounds + 1):
        tell(f"{count} at once, round {round_number} of {rounds}")
        numbers = range(round_number * count, (round_number + 1) * count)
        if not round_number:
            numbers = numbers[:MOST_WARMING_UP]
        for way in random.sample(list(ways), len(ways)):
            measured = await asyncio.gather(*map(ways[way], numbers))
            # The first round only opens connections, each way's own.
            if round_number:
                seconds[way] += measured
            await asyncio.sleep(QUIET_SECONDS)
    return _figures(seconds)


def _figures(seconds: Mapping[str, list[float | None]]) -> Figures:
    figures: Figures = {}
    for way, percent in itertools.product(seconds, (50, 99)):
        own, direct = percentile(seconds[way], percent), percentile(seconds["direct"], percent)
        figures[f"{way}_ms_p{percent}"] = milliseconds(own)
        if way != "direct" and own is not None and direct is not None:
            figures[f"{way}_added_ms_p{percent}"] = milliseconds(own - direct)
    return figures
