import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from services.chassis.client import channel
from services.gateway.dialogue import Question, Speaker
from services.gateway.text_client import TextClient
from tests.load.figures import Figures, milliseconds, percentile
from tests.load.first_tokens import first_token_from_text, first_token_from_vendor, vendor
from tests.load.house import Pace, audience_of, question
from tests.load.progress import tell
from tests.support.stack import running_stack

# Short answers: the scenario is about their beginning.
PACE: Final = Pace(tokens=50)
ROUNDS: Final = {1: 25, 100: 4}
"""How often each number of simultaneous chats is measured."""
READING_SECONDS: Final = 1.0
TIMEOUT_SECONDS: Final = 30.0

Ask = Callable[[int], Awaitable[float | None]]
"""Asks question number n; returns the seconds to the first token."""


async def text_added_latency(directory: Path) -> Figures:
    """How much later the first token comes than to the vendor's own SDK, in 1 chat and in 100 at once.

    Once through the text service's gRPC, once through the whole bot, with all chats asking in the same
    instant. Percentiles are of each way's times; "added" is their difference.
    """
    async with (
        running_stack(directory) as stack,
        audience_of(stack, PACE) as audience,
        vendor(stack.openai_url) as client,
        channel(stack.text_target) as to_text,
    ):
        text = TextClient(to_text, timeout_seconds=TIMEOUT_SECONDS)
        user_ids = await audience.add_users(max(ROUNDS))

        async def directly(number: int) -> float:
            return await first_token_from_vendor(client, question(number))

        async def by_grpc(number: int) -> float:
            return await first_token_from_text(text, _grpc_question(number))

        async def by_bot(number: int) -> float | None:
            exchange = await audience.ask(user_ids[number % len(user_ids)], question(number))
            return exchange.first_text_seconds

        ways = {"direct": directly, "grpc": by_grpc, "bot": by_bot}
        return {f"chats_{chats}": await _compare(ways, chats, rounds) for chats, rounds in ROUNDS.items()}


async def _compare(ways: Mapping[str, Ask], chats: int, rounds: int) -> Figures:
    seconds: dict[str, list[float | None]] = {way: [] for way in ways}
    for round_number in range(rounds + 1):
        tell(f"{chats} at once, round {round_number} of {rounds}")
        numbers = range(round_number * chats, (round_number + 1) * chats)
        for way in random.sample(list(ways), len(ways)):
            measured = await asyncio.gather(*map(ways[way], numbers))
            # The first round only opens the connections, each way's own.
            if round_number:
                seconds[way] += measured
            await asyncio.sleep(READING_SECONDS)
    return _figures(seconds)


def _figures(seconds: Mapping[str, list[float | None]]) -> Figures:
    figures: Figures = {}
    for way, percent in itertools.product(seconds, (50, 99)):
        own, direct = percentile(seconds[way], percent), percentile(seconds["direct"], percent)
        figures[f"{way}_ms_p{percent}"] = milliseconds(own)
        if way != "direct" and own is not None and direct is not None:
            figures[f"{way}_added_ms_p{percent}"] = milliseconds(own - direct)
    return figures


def _grpc_question(number: int) -> Question:
    return Question(
        turn_id=f"load.{number}",
        conversation_id=f"load.{number}",
        speaker=Speaker(user_id=number + 1, chat_id=number + 1, language_code="ru"),
        instruction=question(number),
    )
