import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from opentelemetry.trace import SpanKind

from services.chassis.errors import DeadlineExceeded, InternalError, QuartetError, ServiceUnavailable
from services.chassis.events.envelope import Event, MalformedEvent, Registry, decode
from services.chassis.events.publisher import store
from services.chassis.jetstream.configuration import ConfigurationConflict
from services.chassis.signals import Broadcast
from services.chassis.telemetry import tracing

log = structlog.get_logger()

Handler = Callable[[Event[Any]], Awaitable[None]]

# nats-py's fetch does not notice a server restart or a deleted consumer, and waits this long.
FETCH_SECONDS: Final = 2.0
PAUSE_SECONDS: Final = 0.25
MAX_BACKOFF_SECONDS: Final = 60.0
DEAD_LETTER_SECONDS: Final = 5.0


class Consumer:
    """Handles the events of a durable pull consumer, at least once each, `concurrency` of them at a time.

    - The handler's success acknowledges. While it runs, heartbeats keep the event from being delivered again,
      however long that takes.
    - A retryable QuartetError, or an exception that is a bug, delivers again with back-off and jitter.
    - What cannot be retried, cannot be read, or has failed `max_deliver` times (0: no limit) goes to the
      subject `dead_letters` with its headers and the reason, and only then leaves this consumer.

    Being idempotent on the event's id is the handler's part. `reconnected` is `Nats.reconnected`: with it
    events flow at once after the server was gone, without it within two seconds.
    """

    def __init__(
        self,
        js: JetStreamContext,
        stream: str,
        durable: str,
        subjects: Sequence[str],
        registry: Registry,
        handler: Handler,
        *,
        concurrency: int,
        ack_wait_seconds: float,
        max_deliver: int,
        dead_letters: str,
        reconnected: Broadcast | None = None,
        stop_seconds: float = 20.0,
    ) -> None:
        self._js = js
        self._stream = stream
        self._durable = durable
        self._subjects = list(subjects)
        self._registry = registry
        self._handler = handler
        self._concurrency = concurrency
        self._ack_wait_seconds = ack_wait_seconds
        self._max_deliver = max_deliver
        self._dead_letters = dead_letters
        self._reconnected = reconnected or Broadcast()
        self._stop_seconds = stop_seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; running handlers then have `stop_seconds`, the rest is given back."""
        await self._declare()
        subscription = await self._js.pull_subscribe_bind(durable=self._durable, stream=self._stream)
        stopping = asyncio.create_task(stop.wait())
        running: set[asyncio.Task[None]] = set()
        try:
            while not stop.is_set():
                if len(running) >= self._concurrency:
                    await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
                elif msg := await self._next(subscription, stopping):
                    task = asyncio.create_task(self._handle(msg))
                    running.add(task)
                    task.add_done_callback(running.discard)
        finally:
            stopping.cancel()
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()
            await self._finish(running)

    async def _declare(self) -> None:
        # The server's own limit stays off: at it, an event would stay behind in silence. We count instead.
        asked = ConsumerConfig(
            name=self._durable,
            durable_name=self._durable,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self._ack_wait_seconds,
            max_deliver=-1,
            filter_subjects=self._subjects,
        )
        kept = (await self._js.add_consumer(self._stream, asked)).config
        filters = kept.filter_subjects or [str(kept.filter_subject)]
        if sorted(filters) != sorted(self._subjects) or kept.ack_wait != asked.ack_wait:
            raise ConfigurationConflict(f"NATS keeps consumer {self._durable} different from what was asked.")

    async def _next(
        self, subscription: JetStreamContext.PullSubscription, stopping: asyncio.Task[Any]
    ) -> Msg | None:
        """Wait for one event. None when there was none in time, or it is time to look around."""
        # One at a time: a fetch of several waits its full time for the last of them.
        fetch = asyncio.create_task(subscription.fetch(1, timeout=FETCH_SECONDS))
        reconnect = asyncio.create_task(self._reconnected.wait())
        try:
            await asyncio.wait({fetch, reconnect, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reconnect.cancel()
            fetch.cancel()
        await asyncio.wait({fetch})
        if fetch.cancelled():
            return None
        try:
            return fetch.result()[0]
        except nats.errors.TimeoutError:
            return None
        except nats.errors.Error as error:
            await self._recover(error)
            return None

    async def _recover(self, error: Exception) -> None:
        log.warning("event_fetch_failed", consumer=self._durable, error=type(error).__name__)
        await asyncio.sleep(random.uniform(PAUSE_SECONDS, 2 * PAUSE_SECONDS))  # noqa: S311  # jitter
        with suppress(nats.errors.Error):
            await self._declare()

    async def _handle(self, msg: Msg) -> None:
        heartbeat = asyncio.create_task(self._beat(msg))
        try:
            await self._settle(msg)
        except asyncio.CancelledError:
            await msg.nak()
            raise
        except nats.errors.Error as error:
            log.warning("event_not_settled", consumer=self._durable, error=type(error).__name__)
        finally:
            heartbeat.cancel()

    async def _beat(self, msg: Msg) -> None:
        while True:
            await asyncio.sleep(self._ack_wait_seconds / 3)
            with suppress(nats.errors.Error):
                await msg.in_progress()

    async def _settle(self, msg: Msg) -> None:
        try:
            event = decode(msg, self._registry)
        except MalformedEvent as error:
            await self._bury(msg, InternalError(str(error)))
            return
        if 0 < self._max_deliver < event.deliveries:
            await self._bury(msg, InternalError("the process died each time that it handled this"))
            return
        context = tracing.extract(msg.headers or {})
        with tracing.span(f"{self._durable} process", SpanKind.CONSUMER, context, event_id=event.event_id):
            try:
                await self._handler(event)
            except Exception as error:  # noqa: BLE001  # the edge of the process
                await self._after_failure(msg, event, error)
            else:
                await msg.ack()

    async def _after_failure(self, msg: Msg, event: Event[Any], error: Exception) -> None:
        known = error if isinstance(error, QuartetError) else InternalError()
        if known is not error:
            log.error(
                "event_handler_crashed", consumer=self._durable, event_id=event.event_id, exc_info=error
            )
        may_retry = known.retryable or isinstance(known, InternalError | DeadlineExceeded)
        if not may_retry or 0 < self._max_deliver <= event.deliveries:
            await self._bury(msg, known)
            return
        delay_seconds = max(known.retry_after_seconds or 0, _backoff_seconds(event.deliveries))
        log.warning(
            "event_failed",
            consumer=self._durable,
            event_id=event.event_id,
            reason=known.reason,
            deliveries=event.deliveries,
            retry_seconds=round(delay_seconds, 1),
        )
        await msg.nak(delay=delay_seconds)

    async def _bury(self, msg: Msg, error: QuartetError) -> None:
        sequence = msg.metadata.sequence.stream
        headers = {
            **(msg.headers or {}),
            # Its own id: under the first one, a stream that holds both would drop this as a duplicate.
            "Nats-Msg-Id": f"dead.{self._durable}.{self._stream}.{sequence}",
            "quartet-dead-reason": error.reason,
            "quartet-dead-message": " ".join(error.message.split()),
            "quartet-dead-subject": msg.subject,
            "quartet-dead-consumer": self._durable,
        }
        log.error("event_dead", consumer=self._durable, sequence=sequence, reason=error.reason)
        try:
            await store(self._js, self._dead_letters, msg.data, headers, DEAD_LETTER_SECONDS)
        except ServiceUnavailable:
            await msg.nak(delay=MAX_BACKOFF_SECONDS)
            return
        await msg.term()

    async def _finish(self, running: set[asyncio.Task[None]]) -> None:
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=self._stop_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _backoff_seconds(deliveries: int) -> float:
    return min(MAX_BACKOFF_SECONDS, 2.0 ** (deliveries - 1)) * random.uniform(0.5, 1.5)  # noqa: S311  # jitter
