import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import structlog

from services.chassis.errors import QuartetError
from services.image.metrics import ImageMetrics
from services.image.order import Kind
from services.image.providers.base import Usage

log = structlog.get_logger()


class Outcome(StrEnum):
    """How an order ended."""

    DRAWN = "drawn"
    REPLAYED = "replayed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    CRASHED = "crashed"


class Report:
    """What is measured of one order. It never sees words or pictures."""

    def __init__(self, metrics: ImageMetrics, picture_id: str, kind: Kind) -> None:
        self._metrics = metrics
        self._picture_id = picture_id
        self._kind = kind
        self._started_at = time.monotonic()
        self._vendor_seconds = 0.0
        self._usage: Usage | None = None
        self._cost_micros: int | None = None
        self.outcome = Outcome.CRASHED
        self.reason = ""

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Measure the block as the vendors' part."""
        asked_at = time.monotonic()
        try:
            yield
        finally:
            self._vendor_seconds = time.monotonic() - asked_at

    def paid(self, usage: Usage, cost_micros: int | None) -> None:
        """The vendor has drawn, whatever becomes of it."""
        self._usage, self._cost_micros = usage, cost_micros
        if cost_micros is not None:
            self._metrics.paid(usage.provider, usage.model, cost_micros)

    def close(self) -> None:
        seconds = time.monotonic() - self._started_at
        self._metrics.ended(self._kind, self.outcome, self.reason)
        if self.outcome is Outcome.DRAWN:
            added_seconds = seconds - self._vendor_seconds
            self._metrics.drawn(added_seconds=added_seconds, vendor_seconds=self._vendor_seconds)
        log.info(
            "picture_ended",
            picture_id=self._picture_id,
            kind=str(self._kind),
            outcome=str(self.outcome),
            reason=self.reason or None,
            model=self._usage.model if self._usage else None,
            cost_micros=self._cost_micros,
            vendor_ms=round(self._vendor_seconds * 1000),
            duration_ms=round(seconds * 1000),
        )


@contextmanager
def reporting(metrics: ImageMetrics, picture_id: str, kind: Kind) -> Iterator[Report]:
    """Measure the block as one order: one log line and one count, however it ends."""
    report = Report(metrics, picture_id, kind)
    with metrics.in_flight.track_inprogress():
        try:
            yield report
        except asyncio.CancelledError:
            report.outcome = Outcome.CANCELLED
            raise
        except QuartetError as error:
            report.outcome, report.reason = Outcome.FAILED, error.reason
            raise
        finally:
            report.close()
