import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from opentelemetry.trace import Span

from services.chassis.errors import QuartetError
from services.text.conversation import Finish, Usage
from services.text.metrics import TextMetrics

log = structlog.get_logger()

CRASHED: Final = "crashed"
FAILED: Final = "failed"


class ReplyReport:
    """What is measured of one reply. It never sees text."""

    def __init__(self, metrics: TextMetrics, turn_id: str) -> None:
        self._metrics = metrics
        self._turn_id = turn_id
        self._started_at = time.monotonic()
        self._asked_at = self._started_at
        self._first_token_at: float | None = None
        self._finish: str = CRASHED
        self._usage: Usage | None = None
        self._is_replayed = False
        self.reason = ""

    def asked(self) -> None:
        """The vendor is asked now."""
        self._asked_at = time.monotonic()

    def first_token(self, span: Span) -> None:
        self._first_token_at = time.monotonic()
        span.add_event("first_token")
        self._metrics.first_token(
            added_seconds=self._asked_at - self._started_at,
            vendor_seconds=self._first_token_at - self._asked_at,
        )

    def replayed(self, finish: Finish) -> None:
        self._finish, self._is_replayed = finish, True

    def answered(self, finish: Finish, usage: Usage) -> None:
        """The vendor's part is over, in whole or in part."""
        self._finish, self._usage = finish, usage
        self._metrics.used(usage)

    def failed(self, reason: str) -> None:
        self.reason = reason
        if self._finish == CRASHED:
            self._finish = FAILED

    def cancelled(self) -> None:
        if self._finish == CRASHED:
            self._finish = Finish.CANCELLED

    def close(self) -> None:
        finish = "replayed" if self._is_replayed else str(self._finish)
        self._metrics.ended(finish, self.reason)
        first_token_at = self._first_token_at
        log.info(
            "reply_ended",
            turn_id=self._turn_id,
            finish=finish,
            reason=self.reason or None,
            model=self._usage.model if self._usage else None,
            input_tokens=self._usage.input_tokens if self._usage else 0,
            output_tokens=self._usage.output_tokens if self._usage else 0,
            is_estimated=self._usage.estimated if self._usage else False,
            ttft_ms=round((first_token_at - self._started_at) * 1000) if first_token_at else None,
            duration_ms=round((time.monotonic() - self._started_at) * 1000),
        )


@contextmanager
def reporting(metrics: TextMetrics, turn_id: str) -> Iterator[ReplyReport]:
    """Measure the block as one reply: one log line and one count, however it ends."""
    report = ReplyReport(metrics, turn_id)
    with metrics.active_streams.track_inprogress():
        try:
            yield report
        except asyncio.CancelledError:
            report.cancelled()
            raise
        except QuartetError as error:
            report.failed(error.reason)
            raise
        finally:
            report.close()
