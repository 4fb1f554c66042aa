import asyncio
from collections.abc import Awaitable, Callable

import structlog
from nats.js.client import JetStreamContext

from services.chassis.backoff import Backoff
from services.chassis.jetstream import Nats
from services.gateway.duties import Duty
from services.gateway.intake.inbox import Inbox
from services.gateway.intake.polling import Polling
from services.gateway.lanes import Lanes
from services.gateway.lease import NATS_ERRORS, Tenure
from services.gateway.metrics import GatewayMetrics
from services.gateway.shift import Shift
from services.gateway.updates import Track

log = structlog.get_logger()


class Speaker:
    """Speaks for a shard's chats while this process holds the lease."""

    def __init__(
        self,
        nats: Nats,
        inbox: Inbox,
        polling: Polling | None,
        open_duty: Callable[[Tenure, Lanes], Awaitable[Duty]],
        metrics: GatewayMetrics,
        *,
        drain_seconds: float,
    ) -> None:
        self._nats = nats
        self._inbox = inbox
        self._polling = polling
        self._open_duty = open_duty
        self._metrics = metrics
        self._drain_seconds = drain_seconds

    async def speak(self, tenure: Tenure, stop: asyncio.Event) -> None:
        """Handles updates until the tenure ends or `stop` is set; then lets running answers finish."""
        self._metrics.speaking.set(1)
        try:
            async with asyncio.TaskGroup() as group:
                lanes = Lanes(group)
                self._metrics.conversations.set_function(lanes.__len__)
                duty = await self._open_duty(tenure, lanes)
                taking = [
                    group.create_task(self._keep_taking(duty.shift, tenure), name="taking"),
                    group.create_task(duty.alerts.run(), name="alerts"),
                    group.create_task(duty.premieres.run(), name="premieres"),
                    group.create_task(duty.deliver(), name="deliveries"),
                ]
                if self._polling:
                    taking.append(group.create_task(self._polling.run(tenure), name="polling"))
                await _until_either(tenure.ended, stop)
                for task in taking:
                    task.cancel()
                await lanes.close(self._drain_seconds if tenure.held else 0.0)
        finally:
            self._metrics.speaking.set(0)

    async def _keep_taking(self, shift: Shift, tenure: Tenure) -> None:
        """Takes what waits, and again after each reconnect: a delivery cut off would come back much later."""
        turn = 0
        backoff = Backoff(0.2, longest_seconds=1.0)
        while tenure.held:
            reconnected = asyncio.create_task(self._nats.reconnected.wait())
            taken: list[JetStreamContext.PushSubscription] = []
            try:
                turn += 1
                for track in (Track.CONTROL, Track.UPDATES):
                    name = f"speaker-{tenure.epoch}-{turn}"
                    taken.append(await self._inbox.take_over(track, name, shift.receive))
                backoff.reset()
                await reconnected
            except NATS_ERRORS as error:
                log.warning("take_over_failed", error=type(error).__name__, detail=str(error))
                await backoff.pause()
            finally:
                reconnected.cancel()
                for subscription in taken:
                    await _unsubscribe(subscription)


async def _unsubscribe(subscription: JetStreamContext.PushSubscription) -> None:
    try:
        await subscription.unsubscribe()
    except NATS_ERRORS:
        log.debug("already_unsubscribed")


async def _until_either(first: asyncio.Event, second: asyncio.Event) -> None:
    waits = [asyncio.create_task(first.wait()), asyncio.create_task(second.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
