"""What analysts count: usage events, published under ids that a replay repeats."""

from services.chassis.usage.ids import request_id, usage_id
from services.chassis.usage.publisher import UsageEvent, UsagePublisher, open_usage
from services.chassis.usage.stream import KINDS, STREAM, ensure_usage_stream, subject_of

__all__ = [
    "KINDS",
    "STREAM",
    "UsageEvent",
    "UsagePublisher",
    "ensure_usage_stream",
    "open_usage",
    "request_id",
    "subject_of",
    "usage_id",
]
