import asyncio
import os
import socket
from contextlib import suppress
from types import TracebackType
from typing import Final

import nats.errors
import structlog
from nats.js.api import KeyValueConfig
from nats.js.errors import APIError
from nats.js.kv import KeyValue

from services.chassis.backoff import Backoff
from services.chassis.errors import ServiceUnavailable
from services.chassis.jetstream import Nats, ensure_bucket, is_conflict

log = structlog.get_logger()

BUCKET: Final = "admin_locks"
# What a holder that died leaves behind goes after this time.
KEPT_SECONDS: Final = 15.0
PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 600.0
FAILURES: Final = (nats.errors.Error, APIError, TimeoutError)


class Lock:
    """What only one process may do at a time, by a key in a bucket that forgets.

    It spares work and noise, and fences nothing: what is done under it must bear being done twice. Entering
    waits for the holder, and raises ServiceUnavailable where that takes too long or NATS is away.
    """

    def __init__(self, bucket: KeyValue, name: str, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._bucket = bucket
        self._name = name
        self._patience_seconds = patience_seconds
        self._holder = f"{socket.gethostname()}.{os.getpid()}".encode()
        self._revision = 0
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        backoff = Backoff(PAUSE_SECONDS, longest_seconds=LONGEST_PAUSE_SECONDS)
        try:
            async with asyncio.timeout(self._patience_seconds):
                while not await self._taken():
                    # No event tells that a key has expired.
                    await backoff.pause()
        except TimeoutError as error:
            raise ServiceUnavailable(f"another process holds {self._name}") from error
        self._renewing = asyncio.create_task(self._renew())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.wait({self._renewing})
        with suppress(*FAILURES):
            await self._bucket.delete(self._name, last=self._revision)

    async def _taken(self) -> bool:
        try:
            self._revision = await self._bucket.create(self._name, self._holder)
        except FAILURES as error:
            if is_conflict(error):
                return False
            raise ServiceUnavailable(f"the lock {self._name} cannot be taken") from error
        return True

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(KEPT_SECONDS / 3)
            try:
                self._revision = await self._bucket.update(self._name, self._holder, last=self._revision)
            except FAILURES as error:
                log.warning("lock_not_renewed", lock=self._name, error=type(error).__name__)


async def open_locks(nats: Nats, *, replicas: int) -> KeyValue:
    """Make the bucket. Raises ConfigurationConflict."""
    return await ensure_bucket(nats.js, KeyValueConfig(bucket=BUCKET, ttl=KEPT_SECONDS, replicas=replicas))
