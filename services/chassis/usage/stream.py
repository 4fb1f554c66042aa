from collections.abc import Mapping
from typing import Final

from google.protobuf.message import Message
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, StreamConfig
from quartet.common.v1.usage_events_pb2 import (
    FeedbackGiven,
    JobChanged,
    LimitRefused,
    ModelCalled,
    RequestFinished,
)

from services.chassis.jetstream import ensure_stream

STREAM: Final = "USAGE"
SUBJECTS: Final = "quartet.usage"
KINDS: Final[Mapping[type[Message], str]] = {
    RequestFinished: "request_finished",
    ModelCalled: "model_called",
    JobChanged: "job_changed",
    FeedbackGiven: "feedback_given",
    LimitRefused: "limit_refused",
}
SECONDS_PER_DAY: Final = 86_400.0
# So long may ClickHouse be away, and so much of it can be written anew after its disk is lost.
KEPT_SECONDS: Final = 7 * SECONDS_PER_DAY
MAX_BYTES: Final = 2 * 1024**3
# Only spares the writer work: rows with one id are one row, whenever they come.
DUPLICATES_SECONDS: Final = 600.0


def subject_of(event: Message) -> str:
    """The NATS subject of a usage event."""
    return f"{SUBJECTS}.{KINDS[type(event)]}"


async def ensure_usage_stream(js: JetStreamContext, *, replicas: int) -> None:
    """Make the stream, whoever comes first. Raises ConfigurationConflict.

    Full, it drops what is oldest: no answer ever waits for analysts.
    """
    config = StreamConfig(
        name=STREAM,
        subjects=[f"{SUBJECTS}.*"],
        discard=DiscardPolicy.OLD,
        max_age=KEPT_SECONDS,
        max_bytes=MAX_BYTES,
        duplicate_window=DUPLICATES_SECONDS,
        num_replicas=replicas,
    )
    await ensure_stream(js, config)
