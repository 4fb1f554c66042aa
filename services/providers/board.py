import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from uuid import uuid4

import nats.errors
import structlog
from nats.js.errors import APIError
from nats.js.kv import KeyValue

from services.chassis.jetstream import Nats, ensure_bucket
from services.chassis.signals import ended, is_set_within
from services.chassis.vendor_health import TOLD_SECONDS, ModelHealth, VendorReport, vendor_health_bucket
from services.providers.vendor import Health, Vendor

log = structlog.get_logger()

AGAIN_SECONDS: Final = 5.0
FAILURES: Final = (OSError, nats.errors.Error, APIError)


class Board:
    """Tells whoever wants to know how the vendors do for this process: at once, and every now and then."""

    def __init__(self, bucket: KeyValue, service: str) -> None:
        self._bucket = bucket
        self._service = service
        self._process = uuid4().hex[:12]

    @asynccontextmanager
    async def kept(self, vendors: Iterable[Vendor[Any, Any]], news: asyncio.Event) -> AsyncIterator[None]:
        """Keep it up while the block runs; `news` is set whenever a breaker has moved."""
        told = tuple(vendors)
        telling = asyncio.create_task(self._keep(told, news), name="vendor health")
        try:
            yield
        finally:
            await ended([telling])
            with suppress(*FAILURES):
                for vendor in told:
                    await self._bucket.delete(self._key(vendor))

    async def _keep(self, vendors: tuple[Vendor[Any, Any], ...], news: asyncio.Event) -> None:
        while True:
            news.clear()
            wait_seconds = TOLD_SECONDS
            try:
                for vendor in vendors:
                    await self._bucket.put(self._key(vendor), self._report(vendor).model_dump_json().encode())
            except FAILURES as error:
                log.warning("vendor_health_waits", error=type(error).__name__)
                wait_seconds = AGAIN_SECONDS
            await is_set_within(news, wait_seconds)

    def _report(self, vendor: Vendor[Any, Any]) -> VendorReport:
        models = tuple(_health(vendor, model) for model in vendor.model_ids)
        return VendorReport(service=self._service, provider=vendor.name, models=models)

    def _key(self, vendor: Vendor[Any, Any]) -> str:
        return f"{self._service}.{vendor.name}.{self._process}"


async def open_board(nats_: Nats, *, service: str, replicas: int) -> Board:
    """Make the bucket. Raises ConfigurationConflict."""
    return Board(await ensure_bucket(nats_.js, vendor_health_bucket(replicas)), service)


def _health(vendor: Vendor[Any, Any], model: str) -> ModelHealth:
    health, refusal = vendor.health(model), vendor.refusal(model)
    if health is Health.AVAILABLE or refusal is None:
        return ModelHealth(model=model, health=health.value)
    wait_seconds = refusal.retry_after_seconds
    until = time.time() + wait_seconds if wait_seconds else 0.0
    return ModelHealth(model=model, health=health.value, reason=refusal.reason, until=until)
