import asyncio
import time
from typing import Final

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, StreamConfig
from nats.js.errors import APIError

from services.chassis.backoff import Backoff
from services.chassis.jetstream import ensure_stream
from services.chassis.signals import is_set_within
from services.chassis.usage import STREAM

log = structlog.get_logger()

DURABLE: Final = "admin-writer"
DEAD_STREAM: Final = "USAGE_DEAD"
DEAD_SUBJECT: Final = "quartet.dead.admin.usage"
DEAD_KEPT_SECONDS: Final = 30 * 86_400.0
DEAD_BYTES: Final = 256 * 1024**2
# Two replicas that write at once, each with a batch in its hands and one on its way.
BATCHES_IN_HANDS: Final = 4
PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 5.0


class Intake:
    """Takes messages off the stream of usage events, a batch at a time. Several processes may share it."""

    def __init__(
        self, js: JetStreamContext, *, max_messages: int, max_seconds: float, ack_wait_seconds: float
    ) -> None:
        self._js = js
        self._max_messages = max_messages
        self._max_seconds = max_seconds
        self.ack_wait_seconds = ack_wait_seconds
        self._config = ConsumerConfig(
            name=DURABLE,
            durable_name=DURABLE,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ack_wait_seconds,
            # What cannot be written is buried here, never left behind by the server.
            max_deliver=-1,
            max_ack_pending=BATCHES_IN_HANDS * max_messages,
        )
        self._subscription: JetStreamContext.PullSubscription | None = None
        self._backoff = Backoff(PAUSE_SECONDS, longest_seconds=LONGEST_PAUSE_SECONDS)

    async def gather(self, stop: asyncio.Event) -> list[Msg]:
        """Wait for messages: until there are enough, or the first has waited for its time.

        Empty where none came in time, or `stop` is set.
        """
        messages: list[Msg] = []
        until = time.monotonic() + self._max_seconds
        while len(messages) < self._max_messages and not stop.is_set():
            left_seconds = until - time.monotonic()
            if left_seconds <= 0:
                break
            more = await self._fetch(self._max_messages - len(messages), left_seconds, stop)
            if more and not messages:
                until = time.monotonic() + self._max_seconds
            messages += more
        return messages

    async def aclose(self) -> None:
        if self._subscription is not None:
            await self._subscription.unsubscribe()
            self._subscription = None

    async def _fetch(self, count: int, seconds: float, stop: asyncio.Event) -> list[Msg]:
        try:
            if self._subscription is None:
                # Made or updated: binding alone would keep an older configuration.
                await self._js.add_consumer(STREAM, self._config)
                self._subscription = await self._js.pull_subscribe_bind(durable=DURABLE, stream=STREAM)
            messages = await self._subscription.fetch(count, timeout=seconds)
        # Not only NATS's own: `fetch` raises the bare one where its time ends between its two requests.
        except TimeoutError:
            return []
        except (nats.errors.Error, APIError) as error:
            log.warning("usage_intake_waits", error=type(error).__name__)
            await is_set_within(stop, self._backoff.next_seconds())
            # Someone may have deleted the consumer.
            self._subscription = None
            return []
        self._backoff.reset()
        return messages


async def ensure_dead_letters(js: JetStreamContext, *, replicas: int) -> None:
    """Make the stream of what could not be written. Raises ConfigurationConflict."""
    config = StreamConfig(
        name=DEAD_STREAM,
        subjects=[DEAD_SUBJECT],
        discard=DiscardPolicy.OLD,
        max_age=DEAD_KEPT_SECONDS,
        max_bytes=DEAD_BYTES,
        num_replicas=replicas,
    )
    await ensure_stream(js, config)
