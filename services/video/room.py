import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from nats.js.api import ObjectInfo
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore

from services.chassis.errors import ServiceUnavailable

log = structlog.get_logger()

# Shares of the whole: how full it may become before the oldest files go, and how far they go.
FULL: Final = 0.95
CLEARED: Final = 0.85
# What is younger may be of a job that is still under way.
LEAST_AGE: Final = timedelta(days=2)


class Room:
    """Makes room among the files: when there is none left, the oldest go before their time.

    What is known of their jobs stays: a film that is gone is one that is no longer kept.
    """

    def __init__(
        self,
        store: ObjectStore,
        purge: Callable[[str], Awaitable[None]],
        *,
        max_bytes: int,
        least_age: timedelta = LEAST_AGE,
    ) -> None:
        self._store = store
        self._purge = purge
        self._max_bytes = max_bytes
        self._least_age = least_age
        self._clearing = asyncio.Lock()

    async def require(self, size_bytes: int) -> None:
        """See to it that there is room for a file. Raises ServiceUnavailable, and what NATS raises."""
        if await self._is_within(FULL, size_bytes):
            return
        async with self._clearing:
            if await self._is_within(FULL, size_bytes):
                return
            await self._clear(size_bytes)
            if not await self._is_within(FULL, size_bytes):
                log.error("video_store_full")
                raise ServiceUnavailable("the store of videos is full")

    async def _is_within(self, share: float, size_bytes: int) -> bool:
        return (await self._store.status()).size + size_bytes <= self._max_bytes * share

    async def _clear(self, size_bytes: int) -> None:
        removed = 0
        for name in await self._oldest():
            if await self._is_within(CLEARED, size_bytes):
                break
            with suppress(NotFoundError):
                await self._purge(name)
                removed += 1
        log.warning("video_store_cleared", removed_count=removed)

    async def _oldest(self) -> list[str]:
        before = datetime.now(UTC) - self._least_age
        found: list[tuple[datetime, str]] = []
        watcher = await self._store.watch(ignore_deletes=True)
        try:
            async for entry in watcher:
                if entry is None:
                    break
                written_at = _written_at(entry)
                if written_at <= before:
                    found.append((written_at, entry.name))
        finally:
            await watcher.stop()  # type: ignore[no-untyped-call]
        return [name for _, name in sorted(found)]


def _written_at(entry: ObjectInfo) -> datetime:
    written_at = datetime.fromisoformat(str(entry.mtime))
    return written_at if written_at.tzinfo else written_at.replace(tzinfo=UTC)
