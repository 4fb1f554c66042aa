from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp

from tests.load.audience import Audience
from tests.load.progress import tell, warn_if_busy
from tests.support.stack import Stack
from tests.support.stand_ins import VendorStandIn


@dataclass(frozen=True)
class Pace:
    """How the vendor's stand-in answers."""

    first_token_ms: float = 200.0
    tokens_per_second: float = 100.0
    tokens: int = 200


USUAL: Final = Pace()
WARMING_UP: Final = 3
PATIENCE_SECONDS: Final = 40.0


@asynccontextmanager
async def audience_of(
    stack: Stack, pace: Pace = USUAL, *, patience_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[Audience]:
    """Users in front of a fresh stack that has answered a few questions already.

    Telegram's rate limits are on, as they are by default.
    """
    async with (
        aiohttp.ClientSession() as session,
        Audience(stack.telegram_url, token_count=pace.tokens, patience_seconds=patience_seconds) as audience,
    ):
        for vendor in vendors_of(stack, session):
            await set_pace(vendor, pace)
        for number, user_id in enumerate(await audience.add_users(WARMING_UP)):
            await audience.ask(user_id, question(number))
        warn_if_busy()
        tell("The stack is warm.")
        yield audience


def vendors_of(stack: Stack, session: aiohttp.ClientSession) -> list[VendorStandIn]:
    """The stand-ins of the vendors that this stack has, the preferred one first."""
    urls = {"openai": stack.openai_url, "google": stack.google_url}
    return [VendorStandIn(session, url) for name, url in urls.items() if name in stack.processes]


async def set_pace(vendor: VendorStandIn, pace: Pace) -> None:
    await vendor.pace(
        first_token_ms=pace.first_token_ms, tokens_per_second=pace.tokens_per_second, tokens=pace.tokens
    )


async def speaker_of(stack: Stack) -> str:
    """The name of the gateway that speaks. Raises LookupError where none does."""
    async with aiohttp.ClientSession() as session:
        for name in (name for name in stack.processes if name.startswith("gateway")):
            async with session.get(stack.metrics_url(name)) as response:
                if "quartet_gateway_speaking 1.0" in await response.text():
                    return name
    raise LookupError("nobody speaks")


def question(number: int) -> str:
    """A question that the stand-in echoes, so that no two answers are the same."""
    return f"Вопрос {number:04}: почему небо синее?"
