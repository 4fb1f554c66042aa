from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp

from tests.load.audience import Audience
from tests.load.progress import tell, warn_if_busy
from tests.support.openai import OpenAIStandIn
from tests.support.stack import Stack


@dataclass(frozen=True)
class Pace:
    """How the vendor's stand-in answers."""

    first_token_ms: float = 200.0
    tokens_per_second: float = 100.0
    tokens: int = 200


USUAL: Final = Pace()
WARMING_UP: Final = 3


@asynccontextmanager
async def audience_of(stack: Stack, pace: Pace = USUAL) -> AsyncIterator[Audience]:
    """Users in front of a fresh stack that has answered a few questions already.

    Telegram's rate limits are on, as they are by default.
    """
    async with (
        aiohttp.ClientSession() as session,
        Audience(stack.telegram_url, token_count=pace.tokens) as audience,
    ):
        await OpenAIStandIn(session, stack.openai_url).pace(
            first_token_ms=pace.first_token_ms, tokens_per_second=pace.tokens_per_second, tokens=pace.tokens
        )
        for number, user_id in enumerate(await audience.add_users(WARMING_UP)):
            await audience.ask(user_id, question(number))
        warn_if_busy()
        tell("The stack is warm.")
        yield audience


def question(number: int) -> str:
    """A question that the stand-in echoes, so that no two answers are the same."""
    return f"Вопрос {number:04}: почему небо синее?"
