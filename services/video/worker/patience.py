import random
from datetime import UTC, datetime, timedelta
from typing import Final

from services.chassis.errors import QuartetError

FIRST_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 1800.0
JITTER: Final = (0.7, 1.3)


def not_before(attempts: int, error: QuartetError) -> datetime:
    """When an order that was refused for now is given again: ever later, and not before the vendor wishes."""
    seconds = min(FIRST_SECONDS * 2.0 ** max(0, attempts - 1), LONGEST_SECONDS)
    jittered = seconds * random.uniform(*JITTER)  # noqa: S311 - spreads load
    return datetime.now(UTC) + timedelta(seconds=max(jittered, error.retry_after_seconds or 0.0))
