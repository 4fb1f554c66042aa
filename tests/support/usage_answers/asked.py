from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from services.chassis.usage import UsageEvent
from tests.support.usage_month import ERROR, OK, TIMEOUT, at

# Not the whole month, and not whole days: what is outside must not be counted.
FROM: Final = datetime(2026, 9, 3, tzinfo=UTC)
UNTIL: Final = datetime(2026, 9, 29, 18, tzinfo=UTC)
FAILED: Final = (ERROR, TIMEOUT)
ANSWERABLE: Final = (OK, ERROR, TIMEOUT)

Rows = list[tuple[Any, ...]]
E = TypeVar("E", bound=UsageEvent)
T = TypeVar("T")


def within(events: Iterable[E], begin: datetime = FROM, until: datetime = UNTIL) -> list[E]:
    return [event for event in events if begin <= at(event) < until]


def grouped(events: Iterable[T], key: Callable[[T], Any]) -> dict[Any, list[T]]:
    groups: dict[Any, list[T]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return dict(sorted(groups.items()))


def share(part: float, whole: float, digits: int = 4) -> float | None:
    return round(part / whole, digits) if whole else None


def hour(event: UsageEvent) -> datetime:
    return at(event).replace(minute=0, second=0, microsecond=0)


def quantile(values: Iterable[float], level: float) -> float:
    """The value at that share of the way through, as ClickHouse's quantileExact takes it."""
    ordered = sorted(values)
    return ordered[min(int(level * len(ordered)), len(ordered) - 1)]
