import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import nats.errors
from nats.js import JetStreamContext
from nats.js.errors import APIError, NotFoundError

from services.admin.clickhouse import Database, StatementRefused
from services.chassis.errors import ServiceUnavailable

WRITER: Final = "admin-writer"
VIDEO_WORK: Final = "VIDEO_WORK"
VIDEO_WORKERS: Final = "video-workers"
DEAD_STREAM: Final = "USAGE_DEAD"
# Of fewer requests a share says nothing.
LEAST_REQUESTS: Final = 20
FAILED: Final = """
SELECT count(), countIf(outcome IN ('error', 'timeout')) FROM v_requests
WHERE environment = {environment:String} AND ts >= now() - INTERVAL 15 MINUTE AND outcome != 'refused'
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """Beyond `raised_above` somebody is told, and told again once it is at or below `cleared_at`."""

    raised_above: float
    cleared_at: float


class Gauge(Protocol):
    """Something that is looked at again and again."""

    async def read(self) -> float | None:
        """Return how much it is; None where that cannot be known now."""
        ...


class ErrorRate:
    """The share of requests that failed in a quarter of an hour, in percent."""

    def __init__(self, database: Database, environment: str) -> None:
        self._database = database
        self._environment = environment

    async def read(self) -> float | None:
        try:
            answer = await self._database.query(FAILED, {"environment": self._environment})
        except (ServiceUnavailable, StatementRefused):
            return None
        ((total, failed),) = answer.rows
        return 100.0 * failed / total if total >= LEAST_REQUESTS else 0.0


class OldestWaiting:
    """How long the oldest message that a consumer has not been done with has waited, in seconds."""

    def __init__(self, js: JetStreamContext, stream: str, durable: str) -> None:
        self._js = js
        self._stream = stream
        self._durable = durable

    async def read(self) -> float | None:
        try:
            info = await self._js.consumer_info(self._stream, self._durable)
            if not info.num_pending:
                return 0.0
            delivered = (info.delivered.stream_seq if info.delivered else 0) or 0
            waiting = await self._js.get_msg(self._stream, seq=delivered + 1, next=True)
        except NotFoundError:
            return 0.0
        except (APIError, nats.errors.Error):
            return None
        if waiting.time is None:
            return None
        return max(0.0, (datetime.now(UTC) - waiting.time).total_seconds())


class StreamLength:
    """How many messages stand in a stream."""

    def __init__(self, js: JetStreamContext, stream: str) -> None:
        self._js = js
        self._stream = stream

    async def read(self) -> float | None:
        try:
            return float((await self._js.stream_info(self._stream)).state.messages)
        except NotFoundError:
            return 0.0
        except (APIError, nats.errors.Error):
            return None


class Disk:
    """How full the disk of a directory is, in percent."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def read(self) -> float | None:
        try:
            usage = await asyncio.to_thread(shutil.disk_usage, self._directory)
        except OSError:
            return None
        return 100.0 * usage.used / usage.total
