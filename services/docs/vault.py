import asyncio
import re
import time
import zlib
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, Collection
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog
from nats.js import JetStreamContext
from nats.js.api import ObjectMeta, ObjectMetaOptions, ObjectStoreConfig
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore
from pydantic import TypeAdapter

from services.chassis.errors import QuotaExceeded, ResourceNotFound, ServiceUnavailable
from services.chassis.jetstream import Nats, ensure_object_store
from services.docs.document import Transcript
from services.docs.persistence import REQUEST_SECONDS, STORE_FAILURES, persist
from services.docs.settings import DocsSettings

log = structlog.get_logger()

STORE: Final = "documents"
PIECE_BYTES: Final = 512 * 1024
TRANSFER_SECONDS: Final = 60.0
MAX_TRANSFERS: Final = 4
# What a transcript and the store's own lines take beside a file, as a share of it.
OVERHEAD: Final = 1.25
COMPRESSION_LEVEL: Final = 3
CODEC: Final = TypeAdapter(Transcript)
# When it was written stands in the name.
NAME: Final = re.compile(r"((\d+)-[0-9a-f]{32})(\.vectors)?")


class Vault:
    """Files and transcripts, each written once, under a name of its own. A transcript may have vectors."""

    def __init__(
        self, store: ObjectStore, js: JetStreamContext, *, max_bytes: int, timeout_seconds: float
    ) -> None:
        self._store = store
        self._js = js
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds
        self._turnstile = asyncio.Semaphore(MAX_TRANSFERS)

    async def require_room(self, size_bytes: int) -> None:
        """Raise QuotaExceeded when there is no room for a file of this size, or ServiceUnavailable."""
        try:
            used = await self.size_bytes()
        except STORE_FAILURES as error:
            raise ServiceUnavailable("the store of documents does not answer") from error
        if used + size_bytes * OVERHEAD > self._max_bytes:
            log.error("document_store_full", used_bytes=used)
            metadata = {"quota": "document_store_bytes", "limit": str(self._max_bytes), "used": str(used)}
            raise QuotaExceeded("the store of documents is full", metadata=metadata)

    async def put_file(self, file: Path) -> str:
        """Keep a file, and return its name. Raises ServiceUnavailable, also when the store is full."""
        return await self._put_new(await asyncio.to_thread(file.read_bytes))

    async def put_transcript(self, transcript: Transcript) -> str:
        return await self._put_new(await asyncio.to_thread(_encoded, transcript))

    async def put_vectors(self, transcript: str, content: bytes) -> None:
        """Keep the vectors of a transcript with it. Raises QuotaExceeded, ServiceUnavailable."""
        await self.require_room(len(content))
        await self._put(content, _vectors_of(transcript))

    async def get_vectors(self, transcript: str) -> bytes:
        """Raises ResourceNotFound when there are none, ServiceUnavailable."""
        return await self._get(_vectors_of(transcript))

    async def get_file(self, name: str, target: Path) -> None:
        """Write a file to a path. Raises ResourceNotFound when it is gone, ServiceUnavailable."""
        await asyncio.to_thread(target.write_bytes, await self._get(name))

    async def get_transcript(self, name: str) -> Transcript:
        return await asyncio.to_thread(_decoded, await self._get(name))

    async def delete(self, names: Collection[str]) -> None:
        """Delete objects, with their vectors. What cannot be deleted now is swept up later."""
        for name in names:
            try:
                await self._delete(_vectors_of(name))
                await self._delete(name)
            except STORE_FAILURES as error:
                log.warning("object_not_deleted", error=type(error).__name__)
                return

    async def names(self, *, older_than_seconds: float) -> AsyncGenerator[str]:
        """Yield the names of what was written long enough ago; vectors go by that of their transcript.

        Raises what NATS raises.
        """
        written_before = time.time() - older_than_seconds
        watcher = await self._store.watch(ignore_deletes=True)
        try:
            async for entry in watcher:
                if entry is None:
                    return
                name = NAME.fullmatch(entry.name)
                if name and int(name[2]) < written_before:
                    yield name[1]
        finally:
            await watcher.stop()  # type: ignore[no-untyped-call]

    async def size_bytes(self) -> int:
        """Say how much room all objects take. Raises what NATS raises."""
        return (await self._store.status()).size

    async def _delete(self, name: str) -> None:
        with suppress(NotFoundError):
            async with asyncio.timeout(TRANSFER_SECONDS):
                await self._store.delete(name)
                # What the library leaves in its place is left out too.
                await self._js.purge_stream(f"OBJ_{STORE}", subject=_subject(name))

    async def _put_new(self, content: bytes) -> str:
        name = f"{int(time.time())}-{uuid4().hex}"
        await self._put(content, name)
        return name

    async def _put(self, content: bytes, name: str) -> None:
        async def write() -> None:
            options = ObjectMetaOptions(max_chunk_size=PIECE_BYTES)
            async with self._turnstile, asyncio.timeout(TRANSFER_SECONDS):
                await self._store.put(name, content, meta=ObjectMeta(name=name, options=options))

        await persist(write, self._timeout_seconds)

    async def _get(self, name: str) -> bytes:
        async def read() -> bytes | None:
            # Into a buffer: the library itself would copy all that came so far with each piece.
            content = BytesIO()
            try:
                async with self._turnstile, asyncio.timeout(TRANSFER_SECONDS):
                    await self._store.get(name, writeinto=content)
            except NotFoundError:
                return None
            return content.getvalue()

        found = await persist(read, self._timeout_seconds)
        if found is None:
            raise ResourceNotFound("the document is no longer kept", metadata={"resource": "document"})
        return found


def _vectors_of(transcript: str) -> str:
    return f"{transcript}.vectors"


def _subject(name: str) -> str:
    # Where what is known of an object stands: ADR-20 of the NATS architecture.
    return f"$O.{STORE}.M.{urlsafe_b64encode(name.encode()).decode()}"


def _encoded(transcript: Transcript) -> bytes:
    return zlib.compress(CODEC.dump_json(transcript), COMPRESSION_LEVEL)


def _decoded(content: bytes) -> Transcript:
    return CODEC.validate_json(zlib.decompress(content))


async def open_vault(connection: Nats, settings: DocsSettings) -> Vault:
    """Create or update the store of objects that this service owns. Raises ConfigurationConflict."""
    config = ObjectStoreConfig(
        bucket=STORE,
        description="Documents and what was read of them; owned by the docs service.",
        max_bytes=settings.docs_store_bytes,
        replicas=settings.stream_replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    return Vault(
        await ensure_object_store(js, config),
        js,
        max_bytes=settings.docs_store_bytes,
        timeout_seconds=settings.docs_store_timeout_seconds,
    )
