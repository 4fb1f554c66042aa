from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.message import Message
from quartet.admin.v1.alert_events_pb2 import AlertCleared, AlertKind, AlertRaised
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.vendor_events_pb2 import VendorRecovered, VendorTroubled
from quartet.video.v1.video_events_pb2 import VideoJobTroubled

from services.chassis.events import Event
from services.gateway.matters import FADED, JOB_FADED, standing

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NO_MONEY = VendorTroubled(provider="openai", reason=ErrorReason.ERROR_REASON_PROVIDER_OUT_OF_FUNDS)
RETIRED = VendorTroubled(
    provider="openai", reason=ErrorReason.ERROR_REASON_MODEL_NOT_FOUND, model="gpt-6-luna"
)
QUEUE = AlertRaised(kind=AlertKind.ALERT_KIND_VIDEO_QUEUE, value=1900)
DISK = AlertRaised(kind=AlertKind.ALERT_KIND_DISK, value=91)


def told(message: Message, minutes_ago: float = 5) -> Event[Any]:
    return Event("1", "/quartet/text", "", NOW - timedelta(minutes=minutes_ago), message)


def left(*events: Event[Any]) -> list[Message]:
    return [matter.notice for matter in standing(events, NOW)]


def test_what_is_over_needs_nobody() -> None:
    assert left(told(NO_MONEY), told(VendorRecovered(provider="openai"))) == []
    assert left(told(QUEUE), told(DISK), told(AlertCleared(kind=QUEUE.kind))) == [DISK]


def test_what_began_again_stands_again() -> None:
    assert left(told(NO_MONEY), told(VendorRecovered(provider="openai")), told(NO_MONEY)) == [NO_MONEY]


def test_a_vendor_that_answers_again_does_not_bring_back_a_model_that_is_gone() -> None:
    assert left(told(NO_MONEY), told(RETIRED), told(VendorRecovered(provider="openai"))) == [RETIRED]


def test_one_vendors_recovery_is_not_anothers() -> None:
    assert left(told(NO_MONEY), told(VendorRecovered(provider="google"))) == [NO_MONEY]


def test_a_trouble_that_is_told_again_has_stood_since_the_first_time() -> None:
    (matter,) = standing([told(NO_MONEY, 400), told(NO_MONEY, 40)], NOW)
    assert NOW - matter.since == timedelta(minutes=400)


@pytest.mark.parametrize(
    ("message", "age"), [(NO_MONEY, FADED), (VideoJobTroubled(job_id="1", provider="runway"), JOB_FADED)]
)
def test_what_nobody_has_told_of_for_long_may_be_well(message: Message, age: timedelta) -> None:
    minutes = age.total_seconds() / 60
    assert left(told(message, minutes - 1)) == [message]
    assert left(told(message, minutes + 1)) == []


def test_what_is_beyond_its_limit_stands_until_it_is_cleared() -> None:
    assert left(told(DISK, 60 * 24 * 30)) == [DISK]
