import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Final

from services.admin.charts.period import Period, Span
from services.admin.charts.plots import Unit
from services.admin.clickhouse import Database
from services.admin.questions import span as question_span

UNITS: Final = {
    "requests": Unit.COUNT,
    "success": Unit.PERCENT,
    "users": Unit.COUNT,
    "waiting": Unit.SECONDS,
    "first_token": Unit.SECONDS,
    "spend": Unit.USD,
    "videos": Unit.COUNT,
    "satisfaction": Unit.PERCENT,
}
# However many look at the same figures, ClickHouse is asked once in this time.
FRESH_SECONDS: Final = 3.0
BETTER_WHEN_LESS: Final = frozenset({"waiting", "first_token", "spend"})


@dataclass(frozen=True)
class Figure:
    """One number of a span of time, and of as long a time before. None where there is nothing to count."""

    name: str
    unit: Unit
    now: float | None
    before: float | None

    @property
    def change(self) -> float | None:
        """How much more it is, as a share of what it was: 0.5 is half as much again."""
        if self.now is None or not self.before:
            return None
        return self.now / self.before - 1


class Figures:
    """What an admin wants to see first."""

    def __init__(self, database: Database, environment: str) -> None:
        self._database = database
        self._environment = environment
        self._kept: dict[Period, tuple[float, list[Figure]]] = {}
        self._sql = resources.files("services.admin.charts").joinpath("figures.sql").read_text("utf-8")

    async def lately(self, period: Period) -> list[Figure]:
        """All of a period that ends now, or did a moment ago. Raises what the database raises."""
        at, kept = self._kept.get(period, (0.0, []))
        if not kept or time.monotonic() - at > FRESH_SECONDS:
            kept = await self.of(period.until(datetime.now(UTC)))
            self._kept[period] = (time.monotonic(), kept)
        return kept

    async def of(self, span: Span) -> list[Figure]:
        """All of a span, in their order. Raises what the database raises."""
        parameters = question_span(span.begin, span.until)
        parameters["before"] = question_span(span.before.begin, span.until)["from"]
        answer = await self._database.query(self._sql, {**parameters, "environment": self._environment})
        found = {name: (_number(now), _number(before)) for name, now, before in answer.rows}
        return [Figure(name, unit, *found.get(name, (None, None))) for name, unit in UNITS.items()]


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
