import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from opentelemetry.trace import SpanKind

from services.chassis.errors import DeadlineExceeded, InternalError, QuartetError
from services.chassis.events.dead_letters import bury
from services.chassis.events.envelope import Event, MalformedEvent, Registry, decode
from services.chassis.telemetry import tracing

log = structlog.get_logger()

Handler = Callable[[Event[Any]], Awaitable[None]]

MAX_BACKOFF_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Settlement:
    """Brings one delivered message to its end: acknowledged, delivered again later, or a dead letter."""

    js: JetStreamContext
    durable: str
    registry: Registry
    handler: Handler
    ack_wait_seconds: float
    max_deliver: int
    dead_letters: str

    async def settle(self, msg: Msg) -> None:
        """Handle the message under heartbeats. Cancelled, it gives the message back at once."""
        heartbeat = asyncio.create_task(self._beat(msg))
        try:
            await self._handle(msg)
        except asyncio.CancelledError:
            await msg.nak()
            raise
        except nats.errors.Error as error:
            log.warning("event_not_settled", consumer=self.durable, error=type(error).__name__)
        finally:
            heartbeat.cancel()

    async def _beat(self, msg: Msg) -> None:
        while True:
            await asyncio.sleep(self.ack_wait_seconds / 3)
            with suppress(nats.errors.Error):
                await msg.in_progress()

    async def _handle(self, msg: Msg) -> None:
        try:
            event = decode(msg, self.registry)
        except MalformedEvent as error:
            await self._bury(msg, InternalError(str(error)))
            return
        if 0 < self.max_deliver < event.deliveries:
            await self._bury(msg, InternalError("the process died each time that it handled this"))
            return
        context = tracing.extract(msg.headers or {})
        with tracing.span(f"{self.durable} process", SpanKind.CONSUMER, context, event_id=event.event_id):
            try:
                await self.handler(event)
            except Exception as error:  # noqa: BLE001  # the edge of the process
                await self._after_failure(msg, event, error)
            else:
                await msg.ack()

    async def _after_failure(self, msg: Msg, event: Event[Any], error: Exception) -> None:
        known = error if isinstance(error, QuartetError) else InternalError()
        if known is not error:
            log.error("event_handler_crashed", consumer=self.durable, event_id=event.event_id, exc_info=error)
        may_retry = known.retryable or isinstance(known, InternalError | DeadlineExceeded)
        if not may_retry or 0 < self.max_deliver <= event.deliveries:
            await self._bury(msg, known)
            return
        delay_seconds = max(known.retry_after_seconds or 0, _backoff_seconds(event.deliveries))
        log.warning(
            "event_failed",
            consumer=self.durable,
            event_id=event.event_id,
            reason=known.reason,
            deliveries=event.deliveries,
            retry_seconds=round(delay_seconds, 1),
        )
        await msg.nak(delay=delay_seconds)

    async def _bury(self, msg: Msg, error: QuartetError) -> None:
        await bury(self.js, msg, error, durable=self.durable, dead_letters=self.dead_letters)


def _backoff_seconds(deliveries: int) -> float:
    # The exponent is bounded because an event without a delivery limit may come a thousand times.
    exponential = 2.0 ** min(deliveries - 1, 10)
    return min(MAX_BACKOFF_SECONDS, exponential) * random.uniform(0.5, 1.5)  # noqa: S311  # jitter
