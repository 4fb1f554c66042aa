from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple


class Span(NamedTuple):
    """A span of time: from `begin` on, before `until`."""

    begin: datetime
    until: datetime

    @property
    def before(self) -> "Span":
        """As long a span, just before."""
        return Span(self.begin - (self.until - self.begin), self.begin)


class Period(StrEnum):
    """How far back a page looks."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"

    @property
    def length(self) -> timedelta:
        return LENGTHS[self]

    @property
    def step_seconds(self) -> int:
        """How long a point of a chart is."""
        return STEPS_SECONDS[self]

    def until(self, now: datetime) -> Span:
        """The span that ends now."""
        return Span(now - self.length, now)


LENGTHS: Final = {
    Period.DAY: timedelta(days=1),
    Period.WEEK: timedelta(days=7),
    Period.MONTH: timedelta(days=30),
    Period.QUARTER: timedelta(days=90),
}
STEPS_SECONDS: Final = {Period.DAY: 1800, Period.WEEK: 10_800, Period.MONTH: 43_200, Period.QUARTER: 86_400}
