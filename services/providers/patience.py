import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.chassis.errors import QuartetError
from services.providers.failures import most_useful, named_pause_seconds

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long vendors are waited for.

    `budget_seconds` holds all pauses between attempts; `failover_seconds` is how long a vendor may be silent
    while another could be asked.
    """

    max_retries: int
    budget_seconds: float
    failover_seconds: float


class Waits:
    """The pauses of one answer: full jitter under a ceiling that doubles, and what the vendors ask for.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    def __init__(self, patience: Patience) -> None:
        self._loop = asyncio.get_running_loop()
        self._give_up_at = self._loop.time() + patience.budget_seconds
        self._retries_left = patience.max_retries
        self._ceiling_seconds = FIRST_PAUSE_SECONDS

    async def pause(self, failures: Sequence[QuartetError]) -> None:
        """Wait until it is worth asking again. Raises the most useful failure when it is not."""
        wished = [named_pause_seconds(error) for error in failures if error.retryable]
        if not wished or self._retries_left == 0:
            raise most_useful(failures)
        jitter_seconds = random.uniform(0, self._ceiling_seconds)  # noqa: S311 - spreads load
        pause_seconds = min(wished) + jitter_seconds
        if self._loop.time() + pause_seconds > self._give_up_at:
            raise most_useful(failures)
        self._retries_left -= 1
        self._ceiling_seconds = min(self._ceiling_seconds * 2, LONGEST_PAUSE_SECONDS)
        await asyncio.sleep(pause_seconds)
