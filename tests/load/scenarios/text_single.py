import asyncio
import random
from pathlib import Path
from typing import Final

from tests.load.exchange import Exchange
from tests.load.figures import Figures, Meters, answer_figures, milliseconds, percentile, rounded
from tests.load.first_tokens import first_token_from_vendor, vendor
from tests.load.house import audience_of, question
from tests.load.progress import tell
from tests.support.stack import running_stack

QUESTIONS: Final = 20
# A person reads the answer before the next question. Without it, drafts of answer after answer would use up
# what Telegram allows a chat in thirty seconds.
READING_SECONDS: Final = 2.0


async def text_single(directory: Path) -> Figures:
    """One user asks twenty questions, one after the other, and the vendor is called directly in between.

    The vendor's first token comes after 0.2 s, then 100 tokens a second, 200 in all.
    """
    exchanges: list[Exchange] = []
    direct_seconds: list[float] = []
    async with (
        running_stack(directory) as stack,
        audience_of(stack) as audience,
        vendor(stack.openai_url) as client,
    ):
        [user_id] = await audience.add_users(1)
        await first_token_from_vendor(client, question(QUESTIONS))
        await audience.forget_journal()
        meters = Meters(stack.processes)

        async def ask_directly(text: str) -> None:
            direct_seconds.append(await first_token_from_vendor(client, text))

        async def ask_the_bot(text: str) -> None:
            exchanges.append(await audience.ask(user_id, text))

        for number in range(QUESTIONS):
            await asyncio.sleep(READING_SECONDS)
            for ask in random.sample((ask_directly, ask_the_bot), 2):
                await ask(question(number))
            tell(f"{number + 1} of {QUESTIONS}: first text {rounded(exchanges[-1].first_text_seconds)} s")
        return {
            **answer_figures(exchanges, await audience.journal()),
            **meters.figures(QUESTIONS),
            **_added(exchanges, direct_seconds),
        }


def _added(exchanges: list[Exchange], direct_seconds: list[float]) -> Figures:
    """How much later the user saw something than the vendor's own client, question by question."""
    added = [
        exchange.first_text_seconds - direct
        for exchange, direct in zip(exchanges, direct_seconds, strict=True)
        if exchange.first_text_seconds is not None
    ]
    return {
        f"added_first_token_ms_p{percent}": milliseconds(percentile(added, percent)) for percent in (50, 99)
    }
