import datetime
from collections.abc import Mapping
from typing import Final

import nats.errors
from google.protobuf.message import Message
from nats.js import JetStreamContext
from nats.js.errors import NoStreamResponseError, ServiceUnavailableError
from opentelemetry.trace import SpanKind
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

from services.chassis.errors import ServiceUnavailable
from services.chassis.events.envelope import Event, encode
from services.chassis.telemetry import tracing

DEADLINE_SECONDS: Final = 15.0
# What was on its way when the connection broke is lost: it is only noticed after this time.
ATTEMPT_SECONDS: Final = 1.0
# "maximum messages [per subject] exceeded": the stream is full, and asking again at once does not help.
STREAM_FULL: Final = 10077


class Publisher:
    """Publishes one service's events."""

    def __init__(
        self, js: JetStreamContext, *, source: str, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._js = js
        self._source = source
        self._deadline_seconds = deadline_seconds

    async def publish(
        self,
        nats_subject: str,
        message: Message,
        *,
        event_id: str,
        subject: str = "",
        time: datetime.datetime | None = None,
    ) -> bool:
        """Store the event; returns False when the stream already had one with this id.

        Repeated with the same id until the server confirms or the deadline passes, which is then
        ServiceUnavailable: the event may or may not have been stored, and publishing it again is safe within
        the stream's window for duplicates.
        """
        event = Event(event_id, self._source, subject, time or datetime.datetime.now(datetime.UTC), message)
        headers, payload = encode(event)
        with tracing.span(f"{nats_subject} publish", SpanKind.PRODUCER, event_id=event_id):
            tracing.inject(headers)
            return await store(self._js, nats_subject, payload, headers, self._deadline_seconds)


async def store(
    js: JetStreamContext, subject: str, payload: bytes, headers: Mapping[str, str], deadline_seconds: float
) -> bool:
    """Publish under the `Nats-Msg-Id` in the headers until confirmed; False for a duplicate."""
    attempts = AsyncRetrying(
        stop=stop_after_delay(deadline_seconds),
        wait=wait_random_exponential(multiplier=0.1, max=2),
        retry=retry_if_exception(_is_transient),
        reraise=True,
    )
    try:
        async for attempt in attempts:
            with attempt:
                ack = await js.publish(subject, payload, timeout=ATTEMPT_SECONDS, headers=dict(headers))
                return not ack.duplicate
    except nats.errors.Error as error:
        raise ServiceUnavailable(f"the event was not stored: {type(error).__name__}") from error
    raise AssertionError("tenacity ends with a result or an error")


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, ServiceUnavailableError):
        return error.err_code != STREAM_FULL
    transient = (nats.errors.TimeoutError, nats.errors.OutboundBufferLimitError, NoStreamResponseError)
    return isinstance(error, transient)
