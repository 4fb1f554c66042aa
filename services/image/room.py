import asyncio
from contextlib import aclosing
from typing import Final

import structlog

from services.chassis.errors import ServiceUnavailable
from services.image.album import Album
from services.image.metrics import ImageMetrics
from services.image.persistence import READ_SECONDS, STORE_FAILURES, persist
from services.image.vault import Vault

log = structlog.get_logger()

# Shares of the whole: from when on the oldest pictures go, how far, and what is kept free for the next ones.
FULL: Final = 0.90
CLEARED: Final = 0.80
CRAMPED: Final = 0.97
CLEARING_SECONDS: Final = 20.0


class Room:
    """Makes room in the vault: when it is nearly full, the oldest pictures go before their time."""

    def __init__(self, album: Album, vault: Vault, metrics: ImageMetrics, *, max_bytes: int) -> None:
        self._album = album
        self._vault = vault
        self._metrics = metrics
        self._max_bytes = max_bytes
        self._clearing: asyncio.Task[None] | None = None

    async def require(self) -> None:
        """See to it that there is room for a picture. Raises ServiceUnavailable.

        Mostly room is made behind the back of whoever asks; who comes when there is hardly any waits for it.
        """
        if await self._share() < FULL:
            return
        if self._clearing is None or self._clearing.done():
            self._clearing = asyncio.create_task(self._clear())
        if await self._share() < CRAMPED:
            return
        await asyncio.wait({self._clearing}, timeout=CLEARING_SECONDS)
        if await self._share() >= CRAMPED:
            log.error("picture_store_full")
            raise ServiceUnavailable("the store of pictures is full")

    async def aclose(self) -> None:
        if self._clearing is not None:
            self._clearing.cancel()
            await asyncio.wait({self._clearing})

    async def _share(self) -> float:
        size_bytes = await persist(self._vault.size_bytes, READ_SECONDS)
        self._metrics.store_bytes.set(size_bytes)
        return size_bytes / self._max_bytes

    async def _clear(self) -> None:
        removed = 0
        try:
            async with aclosing(self._album.oldest()) as pictures:
                async for picture in pictures:
                    if await self._share() <= CLEARED:
                        break
                    # What is known goes first: nobody finds a picture whose file is gone.
                    await self._album.remove(picture)
                    await self._vault.delete(*picture.files.all)
                    removed += 1
        except (*STORE_FAILURES, ServiceUnavailable) as error:
            log.warning("picture_store_not_cleared", error=type(error).__name__)
        log.info("picture_store_cleared", removed_count=removed)
