import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Final

import structlog

from services.chassis.errors import QuartetError
from services.docs.library import Library
from services.docs.metrics import DocsMetrics
from services.docs.persistence import STORE_FAILURES
from services.docs.vault import Vault

log = structlog.get_logger()

# Far longer than it takes from an object to the shelf that names it.
OBJECTS_AGE_SECONDS: Final = 3600.0
INTERVAL_SECONDS: Final = (2700.0, 4500.0)
FIRST_PAUSE_SECONDS: Final = (10.0, 120.0)


class Sweeper:
    """Deletes documents whose time is over, and objects that a kill left without a shelf.

    Several processes may do so at once: what one has deleted, the others do not find.
    """

    def __init__(self, library: Library, vault: Vault, metrics: DocsMetrics) -> None:
        self._library = library
        self._vault = vault
        self._metrics = metrics

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """Sweep now and then while the block runs."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def sweep(self, *, objects_age_seconds: float = OBJECTS_AGE_SECONDS) -> None:
        """Sweep once. Raises QuartetError and what NATS raises."""
        # The objects first: what a shelf comes to name later is too young to be among them.
        async with aclosing(self._vault.names(older_than_seconds=objects_age_seconds)) as names:
            unnamed = {name async for name in names}
        # Twice: what moves to another shelf meanwhile may be missed on both, but not again.
        expired = set[int]()
        for _ in range(2):
            async with aclosing(self._library.shelves()) as shelves:
                async for owner, shelf in shelves:
                    unnamed -= shelf.objects
                    if self._library.has_expired(shelf):
                        expired.add(owner)
        for owner in expired:
            await self._library.tidy(owner)
        await self._vault.delete(unnamed)
        self._metrics.store_bytes.set(await self._vault.size_bytes())
        log.info("documents_swept", shelf_count=len(expired), object_count=len(unnamed))

    async def _run(self) -> None:
        pause_seconds = random.uniform(*FIRST_PAUSE_SECONDS)  # noqa: S311 - spreads load
        while True:
            await asyncio.sleep(pause_seconds)
            try:
                await self.sweep()
            except (*STORE_FAILURES, QuartetError) as error:
                log.warning("documents_not_swept", error=type(error).__name__)
            pause_seconds = random.uniform(*INTERVAL_SECONDS)  # noqa: S311 - spreads load
