from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

import structlog
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, StorageType
from pydantic import BaseModel, ConfigDict, ValidationError

from services.chassis.jetstream import entries

log = structlog.get_logger()

BUCKET: Final = "vendor_reports"
TOLD_SECONDS: Final = 15.0
"""A process tells anew after this time, though nothing has changed."""
KEPT_SECONDS: Final = 6 * TOLD_SECONDS
"""Of whoever has not told for so long nothing is known."""


class ModelHealth(BaseModel):
    """How a model of a vendor does. `health`: available, degraded or unavailable."""

    model_config = ConfigDict(frozen=True)

    model: str
    health: str
    reason: str = ""
    """The name of an ErrorReason, where it is not asked now."""
    until: float = 0.0
    """When it is tried again, in Unix seconds, where that is known."""


class VendorReport(BaseModel):
    """How a vendor does for one process of a service: the models that it may ask, the default first."""

    model_config = ConfigDict(frozen=True)

    service: str
    provider: str
    models: tuple[ModelHealth, ...]


def vendor_health_bucket(replicas: int) -> KeyValueConfig:
    """The bucket: `<service>.<vendor>.<process>`. One in memory would not be there after NATS starts anew."""
    return KeyValueConfig(bucket=BUCKET, ttl=KEPT_SECONDS, storage=StorageType.FILE, replicas=replicas)


async def reports(js: JetStreamContext) -> AsyncIterator[VendorReport]:
    """Yield what every process tells at present. Raises what NATS raises."""
    async with aclosing(entries(js, BUCKET)) as listed:
        async for entry in listed:
            try:
                yield VendorReport.model_validate_json(entry.value)
            except ValidationError as error:
                log.error("vendor_report_unreadable", key=entry.key, problems=error.error_count())
