import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import aiohttp

from services.sandbox.vendor.journal import Outcome
from tests.load.arrivals import ask_all
from tests.load.exchange import Exchange
from tests.load.figures import Figures, answer_figures, percentile, rounded
from tests.load.house import audience_of, question
from tests.load.progress import tell, tell_of_missing
from tests.support.google import GoogleStandIn
from tests.support.stack import running_stack

CHATS: Final = 1000
# A little less than Telegram lets one bot send, so that nobody waits for anything but the vendors.
ARRIVALS_PER_SECOND: Final = 20.0
DEATH_SECONDS: Final = CHATS / ARRIVALS_PER_SECOND / 2
# Long enough for an answer that comes twice to do so.
AFTERMATH_SECONDS: Final = 3.0


async def vendor_death(directory: Path) -> Figures:
    """A thousand chats ask once each, and in the middle OpenAI's stand-in dies by SIGKILL; Google takes over.

    An answer that was being written keeps what was said and tells that it was cut off; nobody is asked twice.
    """
    async with (
        running_stack(directory, google=True) as stack,
        audience_of(stack) as audience,
        aiohttp.ClientSession() as session,
    ):
        second = GoogleStandIn(session, stack.google_url)
        user_ids = await audience.add_users(CHATS)
        exchanges = [audience.prepare(user_id, question(number)) for number, user_id in enumerate(user_ids)]
        await audience.forget_journal()
        await second.forget_calls()
        tell(f"{CHATS} chats ask, {ARRIVALS_PER_SECOND:g} a second.")
        asking = asyncio.create_task(ask_all(audience, exchanges, per_second=ARRIVALS_PER_SECOND))
        await asyncio.sleep(DEATH_SECONDS)
        await stack.kill("openai")
        died_at = time.monotonic()
        tell("OpenAI's stand-in is dead.")
        await asking
        await asyncio.sleep(AFTERMATH_SECONDS)
        by_second = sum(call.outcome is Outcome.COMPLETED for call in await second.calls())
        tell_of_missing(exchange for exchange in exchanges if not exchange.is_interrupted)
        return {
            **answer_figures(exchanges, await audience.journal()),
            **_fates(exchanges, by_second),
            **_after_death(exchanges, died_at),
        }


def _fates(exchanges: Sequence[Exchange], by_second: int) -> Figures:
    whole = sum(exchange.times_shown > 0 for exchange in exchanges)
    interrupted = sum(exchange.is_interrupted for exchange in exchanges)
    return {
        "answers_by_the_first": whole - by_second,
        "answers_by_the_second": by_second,
        "answers_interrupted": interrupted,
        "answers_lost": len(exchanges) - whole - interrupted,
    }


def _after_death(exchanges: Sequence[Exchange], died_at: float) -> Figures:
    later = [exchange.first_text_seconds for exchange in exchanges if exchange.sent_at > died_at]
    return {
        "asked_after_the_death": len(later),
        "first_text_after_the_death_p50_s": rounded(percentile(later, 50)),
        "first_text_after_the_death_p99_s": rounded(percentile(later, 99)),
    }
