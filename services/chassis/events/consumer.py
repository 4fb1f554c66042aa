import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import BadRequestError

from services.chassis.backoff import Backoff
from services.chassis.events.envelope import Registry
from services.chassis.events.settlement import Handler, Settlement
from services.chassis.jetstream.configuration import ConfigurationConflict
from services.chassis.signals import Broadcast

log = structlog.get_logger()

# nats-py's fetch does not notice a server restart or a deleted consumer, and waits this long.
FETCH_SECONDS: Final = 2.0
PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 5.0


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
        # The server's own limit of deliveries stays off: at it, an event would stay behind in silence.
        self._config = ConsumerConfig(
            name=durable,
            durable_name=durable,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ack_wait_seconds,
            max_deliver=-1,
            filter_subjects=list(subjects),
        )
        self._settlement = Settlement(
            js, durable, registry, handler, ack_wait_seconds, max_deliver, dead_letters
        )
        self._concurrency = concurrency
        self._reconnected = reconnected or Broadcast()
        self._stop_seconds = stop_seconds
        self._backoff = Backoff(PAUSE_SECONDS, longest_seconds=LONGEST_PAUSE_SECONDS)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; running handlers then have `stop_seconds`, the rest is given back.

        Waits for the stream, and for the server, when they are not there yet. Raises ConfigurationConflict.
        """
        while not await self._declare():
            if stop.is_set():
                return
        subscription = await self._js.pull_subscribe_bind(durable=self._config.name, stream=self._stream)
        stopping = asyncio.create_task(stop.wait())
        running: set[asyncio.Task[None]] = set()
        try:
            while not stop.is_set():
                if len(running) >= self._concurrency:
                    await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
                elif msg := await self._next(subscription, stopping):
                    task = asyncio.create_task(self._settlement.settle(msg))
                    running.add(task)
                    task.add_done_callback(running.discard)
        finally:
            stopping.cancel()
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()
            await self._finish(running)

    async def _declare(self) -> bool:
        """Make or update the durable consumer; False, after a pause, when that is not possible now."""
        try:
            kept = (await self._js.add_consumer(self._stream, self._config)).config
        except BadRequestError as error:
            raise ConfigurationConflict(
                f"NATS refuses consumer {self._config.name}: {error.description}"
            ) from error
        except nats.errors.Error as error:
            await self._pause(error)
            return False
        self._backoff.reset()
        filters = kept.filter_subjects or [str(kept.filter_subject)]
        asked = self._config.filter_subjects or []
        if sorted(filters) != sorted(asked) or kept.ack_wait != self._config.ack_wait:
            raise ConfigurationConflict(
                f"NATS keeps consumer {self._config.name} different from what was asked."
            )
        return True

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
        # Not only NATS's own: `fetch` raises the bare one where its time ends between its two requests.
        except TimeoutError:
            return None
        except nats.errors.Error as error:
            await self._pause(error)
            await self._declare()  # someone may have deleted it
            return None

    async def _pause(self, error: Exception) -> None:
        log.warning("event_consumer_waits", consumer=self._config.name, error=type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._backoff.next_seconds()):
                await self._reconnected.wait()

    async def _finish(self, running: set[asyncio.Task[None]]) -> None:
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=self._stop_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
