import asyncio
import random
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import structlog

from services.chassis.errors import ProviderUnavailable, QuartetError
from services.text.providers.base import Completed, Delta, TextProvider, TextRequest

log = structlog.get_logger()

BASE_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 4.0


@dataclass(frozen=True)
class Patience:
    """How long a failing vendor is asked again before the caller hears of it."""

    max_retries: int
    budget_seconds: float


async def ask(
    provider: TextProvider, request: TextRequest, patience: Patience
) -> AsyncGenerator[Delta | Completed]:
    """Stream an answer; ask again if the vendor fails before its first delta in a way that may pass.

    This is the only place in Quartet that retries a vendor of text. A pause that the vendor asks for is kept
    if it fits the budget; otherwise the error goes to the caller at once and carries it.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + patience.budget_seconds
    pauses = _pauses_seconds()
    for retries_left in range(patience.max_retries, -1, -1):
        try:
            async with aclosing(provider.stream(request)) as answer:
                async for piece in answer:
                    yield piece
            return
        except QuartetError as error:
            # After the first delta a provider raises nothing that is retryable.
            pause_seconds = next(pauses) + _wanted_pause_seconds(error)
            if not error.retryable or not retries_left or loop.time() + pause_seconds > give_up_at:
                raise
            log.info("vendor_asked_again", provider=provider.name, reason=error.reason)
        await asyncio.sleep(pause_seconds)


def _wanted_pause_seconds(error: QuartetError) -> float:
    seconds = error.retry_after_seconds or 0.0
    # What an outage tells our callers when the vendor named no time. Most pass sooner: the jitter is enough.
    is_usual = isinstance(error, ProviderUnavailable) and seconds == error.usual_retry_after_seconds
    return 0.0 if is_usual else seconds


def _pauses_seconds() -> Iterator[float]:
    """Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/"""
    ceiling = BASE_PAUSE_SECONDS
    while True:
        yield random.uniform(0, ceiling)  # noqa: S311 - spreads load, protects nothing
        ceiling = min(ceiling * 2, LONGEST_PAUSE_SECONDS)
