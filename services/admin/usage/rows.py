from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from google.protobuf.message import Message
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.usage_events_pb2 import (
    FeedbackGiven,
    JobChanged,
    JobStep,
    LimitRefused,
    ModelCalled,
    RequestFinished,
    UsageHeader,
    UsageOutcome,
)

from services.chassis.events import Event, MalformedEvent

Columns = dict[str, Any]
E = TypeVar("E", bound=Message)

NOBODY: Final = UUID(int=0)
OLDEST: Final = datetime(2020, 1, 1, tzinfo=UTC)
LONGEST_AHEAD: Final = timedelta(days=1)
MICROS: Final = Decimal(1_000_000)
MAX_UINT8: Final = 2**8 - 1
MAX_UINT16: Final = 2**16 - 1
MAX_UINT32: Final = 2**32 - 1


class Row(NamedTuple):
    """A row and its table. Each kind of event has one table, and its rows have the same columns."""

    table: str
    columns: Columns


def row_of(event: Event[Any], now: datetime) -> Row:
    """Write an event as a row. `now` is when it is written. Raises MalformedEvent."""
    table, write = WRITERS[type(event.message)]
    try:
        header = _header(event.message.header, event.time, now)
        return Row(table, {**header, **write(event.message)})
    except (ValueError, OverflowError) as error:
        raise MalformedEvent(f"{table}: {error}") from error


def _header(header: UsageHeader, published_at: datetime, now: datetime) -> Columns:
    ts = header.happen_time.ToDatetime(UTC)
    if not OLDEST < ts < now + LONGEST_AHEAD:
        raise ValueError(f"its time is {ts:%Y-%m-%d}")
    ingest_ms = max(0, round((now - published_at) / timedelta(milliseconds=1)))
    return {
        "event_id": UUID(header.event_id),
        "ts": ts,
        "environment": header.environment,
        "release": header.release,
        "ingest_ms": min(ingest_ms, MAX_UINT32),
        "version": header.version,
    }


def _request(event: RequestFinished) -> Columns:
    return {
        "service": event.service,
        "command": event.command,
        "user_key": event.user_key,
        "chat_key": event.chat_key,
        "chat_type": event.chat_type,
        "language": event.language_code,
        "plan": event.plan,
        "outcome": _outcome(event.outcome),
        "error_reason": _reason(event.error_reason),
        "provider": event.provider,
        "model": event.model,
        "is_async": event.is_async,
        "failed_over": event.failed_over,
        "retries": min(event.retry_count, MAX_UINT8),
        "queue_ms": event.queue_ms,
        "first_token_ms": event.first_token_ms,
        "total_ms": event.total_ms,
        "delivery_ms": event.delivery_ms,
        "input_chars": event.input_char_count,
        "output_chars": event.output_char_count,
        "attachment_bytes": event.attachment_bytes,
        "input_tokens": event.input_token_count,
        "output_tokens": event.output_token_count,
        "cost_usd": event.cost_micros / MICROS,
        "is_priced": event.HasField("cost_micros"),
        "trace_id": event.trace_id,
        "attributes": dict(event.attributes),
    }


def _model_call(event: ModelCalled) -> Columns:
    return {
        "request_id": _id(event.request_id),
        "user_key": event.user_key,
        "service": event.service,
        "operation": event.operation,
        "provider": event.provider,
        "model": event.model,
        "attempt": min(event.attempt, MAX_UINT8),
        "outcome": _outcome(event.outcome),
        "error_reason": _reason(event.error_reason),
        "http_status": min(event.http_status, MAX_UINT16),
        "finish_reason": event.finish_reason,
        "latency_ms": event.latency_ms,
        "first_token_ms": event.first_token_ms,
        "input_tokens": event.input_token_count,
        "cached_input_tokens": event.cached_input_token_count,
        "output_tokens": event.output_token_count,
        "reasoning_tokens": event.reasoning_token_count,
        "units": event.unit_count,
        "unit": event.unit,
        "cost_usd": event.cost_micros / MICROS,
        "is_priced": event.HasField("cost_micros"),
        "price_version": event.price_version,
        "is_estimated": event.estimated,
        "is_wasted": event.wasted,
    }


def _job_change(event: JobChanged) -> Columns:
    return {
        "job_id": event.job_id,
        "request_id": _id(event.request_id),
        "kind": event.kind,
        "step": JobStep.Name(event.step).removeprefix("JOB_STEP_").lower(),
        "attempt": min(event.attempt, MAX_UINT8),
        "worker": event.worker,
        "provider": event.provider,
        "model": event.model,
        "error_reason": _reason(event.error_reason),
        "duration_ms": event.duration_ms,
        "size_bytes": event.size_bytes,
        "queue_depth": event.queue_depth,
    }


def _feedback(event: FeedbackGiven) -> Columns:
    return {
        "request_id": _id(event.request_id),
        "service": event.service,
        "provider": event.provider,
        "model": event.model,
        "kind": event.kind,
        "value": max(-128, min(event.value, 127)),
    }


def _refusal(event: LimitRefused) -> Columns:
    return {
        "user_key": event.user_key,
        "chat_key": event.chat_key,
        "plan": event.plan,
        "service": event.service,
        "command": event.command,
        "quota": event.quota,
        "limit": event.limit,
        "used": event.used,
    }


WRITERS: Final[Mapping[type[Message], tuple[str, Callable[[Any], Columns]]]] = {
    RequestFinished: ("requests", _request),
    ModelCalled: ("model_calls", _model_call),
    JobChanged: ("job_changes", _job_change),
    FeedbackGiven: ("feedback", _feedback),
    LimitRefused: ("refusals", _refusal),
}


def _id(text: str) -> UUID:
    return UUID(text) if text else NOBODY


def _outcome(value: UsageOutcome.ValueType) -> str:
    return UsageOutcome.Name(value).removeprefix("USAGE_OUTCOME_").lower()


def _reason(value: ErrorReason.ValueType) -> str:
    return ErrorReason.Name(value).removeprefix("ERROR_REASON_").lower() if value else ""
