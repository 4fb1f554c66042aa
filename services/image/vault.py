import asyncio
from base64 import urlsafe_b64encode
from io import BytesIO
from typing import Final
from uuid import uuid4

import structlog
from nats.js import JetStreamContext
from nats.js.api import ObjectMeta, ObjectMetaOptions, ObjectStoreConfig
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore

from services.chassis.errors import ResourceNotFound
from services.chassis.jetstream import Nats, ensure_object_store
from services.image.persistence import REQUEST_SECONDS, STORE_FAILURES, persist
from services.image.picture import File
from services.image.settings import ImageSettings

log = structlog.get_logger()

STORE: Final = "drawings"
# ADR-20 of the NATS architecture.
STREAM: Final = f"OBJ_{STORE}"
SECONDS_PER_DAY: Final = 86_400
# What is known of a file goes before the file does.
LATER_DAYS: Final = 1.0
PIECE_BYTES: Final = 512 * 1024
TRANSFER_SECONDS: Final = 10.0
MAX_TRANSFERS: Final = 8


class Vault:
    """The files of pictures. Each is written once, under a name of its own."""

    def __init__(self, js: JetStreamContext, store: ObjectStore, *, timeout_seconds: float) -> None:
        self._js = js
        self._store = store
        self._timeout_seconds = timeout_seconds
        self._turnstile = asyncio.Semaphore(MAX_TRANSFERS)

    async def put(self, picture_id: str, mime_type: str, content: bytes) -> File:
        """Keep a file. Raises ServiceUnavailable, also when the store is full."""
        file = File(f"{picture_id}/{uuid4().hex}", mime_type, len(content))

        async def write() -> None:
            options = ObjectMetaOptions(max_chunk_size=PIECE_BYTES)
            async with self._turnstile, asyncio.timeout(TRANSFER_SECONDS):
                await self._store.put(file.name, content, meta=ObjectMeta(name=file.name, options=options))

        await persist(write, self._timeout_seconds)
        return file

    async def get(self, file: File) -> bytes:
        """Return a file. Raises ResourceNotFound when it is gone, ServiceUnavailable."""

        async def read() -> bytes | None:
            # Into a buffer: the library itself would copy all that came so far with each piece.
            content = BytesIO()
            try:
                async with self._turnstile, asyncio.timeout(TRANSFER_SECONDS):
                    await self._store.get(file.name, writeinto=content)
            except NotFoundError:
                return None
            return content.getvalue()

        found = await persist(read, TRANSFER_SECONDS)
        if found is None:
            raise ResourceNotFound("the picture is no longer kept", metadata={"resource": "picture"})
        return found

    async def delete(self, *files: File) -> None:
        """Delete files. What cannot be deleted now goes when its time is over."""
        for file in files:
            try:
                async with asyncio.timeout(TRANSFER_SECONDS):
                    await self._purge(file.name)
            except NotFoundError:
                continue
            except STORE_FAILURES as error:
                log.warning("picture_not_deleted", error=type(error).__name__)
                return

    async def _purge(self, name: str) -> None:
        # Not the library's delete: it writes a marker first, for which a full store has no room.
        info = await self._store.get_info(name)
        encoded = urlsafe_b64encode(name.encode()).decode()
        await self._js.purge_stream(STREAM, subject=f"$O.{STORE}.M.{encoded}")
        await self._js.purge_stream(STREAM, subject=f"$O.{STORE}.C.{info.nuid}")

    async def size_bytes(self) -> int:
        """Say how much room all files take. Raises what NATS raises."""
        return (await self._store.status()).size


async def open_vault(connection: Nats, settings: ImageSettings) -> Vault:
    """Create or update the store of objects that this service owns. Raises ConfigurationConflict."""
    config = ObjectStoreConfig(
        bucket=STORE,
        description="Drawn pictures, and what they were made from; owned by the image service.",
        ttl=(settings.image_kept_days + LATER_DAYS) * SECONDS_PER_DAY,
        max_bytes=settings.image_store_bytes,
        replicas=settings.stream_replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    store = await ensure_object_store(js, config)
    return Vault(js, store, timeout_seconds=settings.image_store_timeout_seconds)
