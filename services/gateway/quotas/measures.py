from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo


class Measure(StrEnum):
    """What is counted."""

    MESSAGES = "messages"
    PICTURES = "pictures"
    PAGES = "pages"
    VIDEO_SECONDS = "video_seconds"
    COST_MICROS = "cost_micros"
    """Millionths of a dollar."""


class Period(StrEnum):
    """After which time a limit begins anew, at midnight."""

    DAY = "day"
    MONTH = "month"

    def label(self, moment: datetime, zone: ZoneInfo) -> str:
        """Name the period that a moment is in, such as "2026-11-23" or "2026-11"."""
        day = moment.astimezone(zone).date().isoformat()
        return day if self is Period.DAY else day[:7]

    def renews_at(self, moment: datetime, zone: ZoneInfo) -> datetime:
        local = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        if self is Period.DAY:
            return local + timedelta(days=1)
        return (local.replace(day=1) + timedelta(days=32)).replace(day=1)


Limits = Mapping[str, int]
"""Limits by name, such as "pictures_per_day"."""

ESTIMATED_COST_MICROS: Final = {
    Measure.MESSAGES: 10_000,
    Measure.PICTURES: 50_000,
    Measure.PAGES: 0,
    Measure.VIDEO_SECONDS: 100_000,
}
"""What one of each is taken to cost until it is known."""


def limit_name(measure: Measure, period: Period) -> str:
    return f"{measure}_per_{period}"


LIMIT_NAMES: Final = frozenset(limit_name(measure, period) for measure in Measure for period in Period)
