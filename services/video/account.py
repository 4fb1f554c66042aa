from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from zoneinfo import ZoneInfo

from services.chassis.errors import QuotaExceeded

# Longer than any job may take: what is asked about a day that is over is not answered.
KEPT_DAYS: Final = 3


class Use(StrEnum):
    """What became of the seconds of an order."""

    RESERVED = "reserved"
    SPENT = "spent"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Entry:
    """The seconds of one order."""

    seconds: int
    reserved_at: datetime
    use: Use = Use.RESERVED


@dataclass(frozen=True, slots=True)
class Limits:
    """What one user may have: videos under way at once, and seconds of video a day."""

    max_at_once: int
    seconds_per_day: int
    zone: ZoneInfo

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def renews_at(self, now: datetime) -> datetime:
        """When the day begins anew."""
        return datetime.combine(self.day(now) + timedelta(days=1), datetime.min.time(), self.zone)


@dataclass(frozen=True, slots=True)
class Account:
    """What a user has ordered lately, by job."""

    entries: dict[str, Entry]

    @property
    def under_way(self) -> int:
        return sum(entry.use is Use.RESERVED for entry in self.entries.values())

    def used_seconds(self, now: datetime, limits: Limits) -> int:
        """Seconds of video that were ordered today, and not given back."""
        today = limits.day(now)
        return sum(
            entry.seconds
            for entry in self.entries.values()
            if entry.use is not Use.RETURNED and limits.day(entry.reserved_at) == today
        )

    def reserved(self, job_id: str, seconds: int, now: datetime, limits: Limits) -> Self:
        """Take seconds for an order, unless that is done. Raises QuotaExceeded."""
        entry = self.entries.get(job_id)
        if entry is not None and entry.use is not Use.RETURNED:
            return self
        if self.under_way >= limits.max_at_once:
            raise _exceeded("videos_at_once", limits.max_at_once, self.under_way)
        used = self.used_seconds(now, limits)
        if used + seconds > limits.seconds_per_day:
            left_seconds = (limits.renews_at(now) - now).total_seconds()
            raise _exceeded("video_seconds_per_day", limits.seconds_per_day, used, left_seconds)
        return replace(self, entries={**self.entries, job_id: Entry(seconds, now)})

    def settled(self, job_id: str, use: Use) -> Self:
        """The order has ended. What is settled stays so."""
        entry = self.entries.get(job_id)
        if entry is None or entry.use is not Use.RESERVED:
            return self
        return replace(self, entries={**self.entries, job_id: replace(entry, use=use)})

    def without_old_days(self, now: datetime) -> Self:
        oldest = now - timedelta(days=KEPT_DAYS)
        kept = {job_id: entry for job_id, entry in self.entries.items() if entry.reserved_at > oldest}
        return replace(self, entries=kept)


def _exceeded(quota: str, limit: int, used: int, retry_after_seconds: float | None = None) -> QuotaExceeded:
    metadata = {"quota": quota, "limit": str(limit), "used": str(used)}
    return QuotaExceeded(
        "the user has ordered as much as may be", metadata=metadata, retry_after_seconds=retry_after_seconds
    )
