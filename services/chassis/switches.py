import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, RePublish, StorageType

from services.chassis.backoff import Backoff
from services.chassis.jetstream import Nats, ensure_bucket, entries
from services.chassis.settings import LogLevel, ServiceSettings
from services.chassis.signals import ended

log = structlog.get_logger()

BUCKET: Final = "switches"
NEWS: Final = "quartet.switches"
FAILURES: Final = (OSError, nats.errors.Error)


def switches_bucket(replicas: int) -> KeyValueConfig:
    """The bucket: `off.<vendor>`, `off.<vendor>.<model>` and `log_level.<service>`.

    The server tells of a change once it is stored: whoever then reads finds it.
    """
    told = RePublish(src=f"$KV.{BUCKET}.>", dest=f"{NEWS}.>", headers_only=True)
    return KeyValueConfig(bucket=BUCKET, storage=StorageType.FILE, replicas=replicas, republish=told)


class Switches:
    """What admins have switched, as far as this process has heard; without word from NATS it stays so."""

    def __init__(self, js: JetStreamContext, service: str, usual_level: LogLevel) -> None:
        self._js = js
        self._service = service
        self._usual_level = usual_level
        self._level: str = usual_level
        self._turned: dict[str, str] = {}
        self._news = asyncio.Event()

    def is_off(self, provider: str, model: str) -> bool:
        """Whether a vendor, or this model of it, is not to be asked."""
        return f"off.{provider}" in self._turned or f"off.{provider}.{model}" in self._turned

    async def hear(self, _news: Msg | None = None) -> None:
        """Something has changed, or may have."""
        self._news.set()

    async def read(self) -> None:
        """Read the bucket, and do as it says. Raises what NATS raises."""
        turned = {entry.key: entry.value.decode() async for entry in entries(self._js, BUCKET)}
        off, was_off = _off(turned), _off(self._turned)
        self._turned = turned
        if off != was_off:
            log.warning("vendors_switched", off=sorted(off))
        self._log_at(turned.get(f"log_level.{self._service}", ""))

    async def follow(self) -> None:
        """Read it again whenever there is news, until cancelled."""
        backoff = Backoff(0.5, longest_seconds=10.0)
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self.read()
                backoff.reset()
            except FAILURES as error:
                log.warning("switches_wait", error=type(error).__name__)
                self._news.set()
                await backoff.pause()

    def _log_at(self, wanted: str) -> None:
        level = wanted if wanted in LogLevel.__members__ else self._usual_level
        if level != self._level:
            self._level = level
            log.warning("log_level_switched", level=level)
            logging.getLogger().setLevel(level)


@asynccontextmanager
async def open_switches(
    nats_: Nats, settings: ServiceSettings, service: str, *, replicas: int
) -> AsyncIterator[Switches]:
    """Make the bucket, and follow it while the block runs. Raises ConfigurationConflict."""
    await ensure_bucket(nats_.js, switches_bucket(replicas))
    switches = Switches(nats_.js, service, settings.log_level)
    subscription = await nats_.client.subscribe(f"{NEWS}.>", cb=switches.hear)
    await nats_.client.flush()
    await switches.read()
    tasks = [asyncio.create_task(switches.follow()), asyncio.create_task(_reconnecting(nats_, switches))]
    try:
        yield switches
    finally:
        await ended(tasks)
        with suppress(*FAILURES):
            await subscription.unsubscribe()


async def _reconnecting(nats_: Nats, switches: Switches) -> None:
    while True:
        await nats_.reconnected.wait()
        await switches.hear()


def _off(turned: dict[str, str]) -> set[str]:
    return {name for name in turned if name.startswith("off.")}
