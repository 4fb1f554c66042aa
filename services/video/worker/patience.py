import random
from datetime import UTC, datetime, timedelta
from typing import Final

from services.chassis.errors import QuartetError

FIRST_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 1800.0
JITTER: Final = (0.7, 1.3)
LONGEST_LOOK_SECONDS: Final = 60.0
LOOK_JITTER: Final = (0.8, 1.2)


def not_before(attempts: int, error: QuartetError) -> datetime:
    """When an order that was refused for now is given again: ever later, and not before the vendor wishes."""
    seconds = min(FIRST_SECONDS * 2.0 ** max(0, attempts - 1), LONGEST_SECONDS)
    wished_seconds = error.retry_after_seconds or 0.0
    return datetime.now(UTC) + timedelta(seconds=max(_jittered(seconds, JITTER), wished_seconds))


def look_pause_seconds(usual_seconds: float, failures: int = 0, error: QuartetError | None = None) -> float:
    """How long to wait before a vendor is asked again how far a task is: longer after failures in a row."""
    seconds = min(usual_seconds * 2.0 ** min(failures, 8), LONGEST_LOOK_SECONDS)
    wished_seconds = (error.retry_after_seconds if error else None) or 0.0
    return max(_jittered(seconds, LOOK_JITTER), min(wished_seconds, LONGEST_LOOK_SECONDS))


def _jittered(seconds: float, jitter: tuple[float, float]) -> float:
    return seconds * random.uniform(*jitter)  # noqa: S311 - spreads load
