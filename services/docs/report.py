import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import structlog

from services.chassis.errors import QuartetError, UnsupportedDocument
from services.docs.document import Content
from services.docs.metrics import DocsMetrics

log = structlog.get_logger()


class Outcome(StrEnum):
    """How an upload or an answer ended."""

    READ = "read"
    KNOWN = "known"
    REPLAYED = "replayed"
    ANSWERED = "answered"
    CANCELLED = "cancelled"
    FAILED = "failed"
    CRASHED = "crashed"


class MadeOf(StrEnum):
    """What an answer is made of. NOTHING: it did not come that far."""

    NOTHING = "nothing"
    WHOLE = "whole"
    PASSAGES = "passages"
    NOTES = "notes"


class ReadingReport:
    """What is measured of one file. It never sees words."""

    def __init__(self, metrics: DocsMetrics, document_id: str) -> None:
        self._metrics = metrics
        self._document_id = document_id
        self._started_at = time.monotonic()
        self._content: Content | None = None
        self.outcome = Outcome.CRASHED
        self.reason = ""

    def ended(self, outcome: Outcome, content: Content) -> None:
        self.outcome, self._content = outcome, content

    def close(self) -> None:
        format_ = str(self._content.format) if self._content else "unknown"
        self._metrics.reading_ended(format_, self.outcome, self.reason)
        log.info(
            "upload_ended",
            document_id=self._document_id,
            outcome=str(self.outcome),
            reason=self.reason or None,
            format=format_,
            page_count=self._content.page_count if self._content else None,
            size_bytes=self._content.size_bytes if self._content else None,
            duration_ms=round((time.monotonic() - self._started_at) * 1000),
        )


class AnswerReport:
    """What is measured of one answer. It never sees words."""

    def __init__(self, metrics: DocsMetrics, turn_id: str) -> None:
        self._metrics = metrics
        self._turn_id = turn_id
        self._started_at = time.monotonic()
        self._made_of = MadeOf.NOTHING
        self._page_count = 0
        self.outcome = Outcome.CRASHED
        self.reason = ""

    def prepared(self, made_of: MadeOf, page_count: int) -> None:
        """The text service is asked now."""
        self._made_of, self._page_count = made_of, page_count
        self._metrics.prepared(made_of, time.monotonic() - self._started_at)

    def close(self) -> None:
        self._metrics.answer_ended(self._made_of, self.outcome, self.reason)
        log.info(
            "answer_ended",
            turn_id=self._turn_id,
            outcome=str(self.outcome),
            reason=self.reason or None,
            made_of=str(self._made_of),
            page_count=self._page_count,
            duration_ms=round((time.monotonic() - self._started_at) * 1000),
        )


Report = ReadingReport | AnswerReport


@contextmanager
def reading(metrics: DocsMetrics, document_id: str) -> Iterator[ReadingReport]:
    """Measure the block as one file: one log line and one count, however it ends."""
    report = ReadingReport(metrics, document_id)
    with metrics.readings_active.track_inprogress(), _closing(report):
        yield report


@contextmanager
def answering(metrics: DocsMetrics, turn_id: str) -> Iterator[AnswerReport]:
    """Measure the block as one answer: one log line and one count, however it ends."""
    report = AnswerReport(metrics, turn_id)
    with metrics.answers_active.track_inprogress(), _closing(report):
        yield report


@contextmanager
def _closing(report: Report) -> Iterator[None]:
    try:
        yield
    except (asyncio.CancelledError, GeneratorExit):
        report.outcome = Outcome.CANCELLED
        raise
    except QuartetError as error:
        report.outcome = Outcome.FAILED
        # Why a document cannot be read is told apart.
        report.reason = error.metadata["problem"] if isinstance(error, UnsupportedDocument) else error.reason
        raise
    finally:
        report.close()
