from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
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

from services.admin.usage.rows import NOBODY, Row, row_of
from services.chassis.events import Event, MalformedEvent
from services.chassis.usage import KINDS, request_id

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TURN = request_id("1")


def _header(**changed: Any) -> UsageHeader:
    happened = Timestamp()
    happened.FromDatetime(NOW - timedelta(minutes=1))
    fields = {"event_id": TURN, "version": 7, "happen_time": happened, "environment": "test", **changed}
    return UsageHeader(**fields)


def _row(message: Any) -> Row:
    return row_of(Event("id", "/quartet/test", "", NOW - timedelta(seconds=2), message), NOW)


def test_a_request_becomes_a_row_with_its_cost_in_dollars() -> None:
    request = RequestFinished(
        header=_header(release="v1"),
        user_key=2**64 - 1,
        service="text",
        outcome=UsageOutcome.USAGE_OUTCOME_ERROR,
        error_reason=ErrorReason.ERROR_REASON_PROVIDER_UNAVAILABLE,
        cost_micros=1_234_567,
        attributes={"key_epoch": "2"},
    )
    table, row = _row(request)

    assert table == "requests"
    assert row["event_id"] == UUID(TURN)
    assert row["ts"] == NOW - timedelta(minutes=1)
    assert (row["version"], row["release"], row["ingest_ms"]) == (7, "v1", 2000)
    assert (row["outcome"], row["error_reason"]) == ("error", "provider_unavailable")
    assert (row["cost_usd"], row["is_priced"]) == (Decimal("1.234567"), True)
    assert (row["user_key"], row["attributes"]) == (2**64 - 1, {"key_epoch": "2"})


def test_what_has_no_price_is_not_taken_for_free() -> None:
    assert _row(ModelCalled(header=_header())).columns["is_priced"] is False
    assert _row(ModelCalled(header=_header(), cost_micros=0)).columns["is_priced"] is True


def test_what_belongs_to_no_request_says_so() -> None:
    assert _row(ModelCalled(header=_header())).columns["request_id"] == NOBODY


def test_more_than_a_column_holds_is_cut_to_it() -> None:
    assert _row(ModelCalled(header=_header(), attempt=1000)).columns["attempt"] == 255
    assert _row(FeedbackGiven(header=_header(), value=-1000)).columns["value"] == -128


def test_a_step_is_named_as_analysts_name_it() -> None:
    step = JobChanged(header=_header(), step=JobStep.JOB_STEP_DELIVERY_FAILED)
    assert _row(step).columns["step"] == "delivery_failed"


def test_every_kind_of_event_has_a_table_of_its_own() -> None:
    kinds: tuple[Callable[..., Any], ...] = tuple(KINDS)
    assert len({_row(kind(header=_header())).table for kind in kinds}) == len(kinds) == 5
    assert LimitRefused in KINDS


@pytest.mark.parametrize(
    "broken",
    [
        {"event_id": ""},
        {"event_id": "42"},
        {"happen_time": Timestamp()},
        {"happen_time": Timestamp(seconds=round((NOW + timedelta(days=2)).timestamp()))},
    ],
    ids=["no id", "no UUID", "no time", "a time to come"],
)
def test_what_would_spoil_the_tables_is_malformed(broken: dict[str, Any]) -> None:
    with pytest.raises(MalformedEvent):
        _row(RequestFinished(header=_header(**broken)))
