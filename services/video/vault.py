import asyncio
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

import structlog
from nats.js import JetStreamContext
from nats.js.api import ObjectMeta, ObjectMetaOptions, ObjectStoreConfig
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore

from services.chassis.errors import ResourceNotFound
from services.chassis.jetstream import Nats, ensure_object_store
from services.video.job import File
from services.video.persistence import REQUEST_SECONDS, STORE_FAILURES, persist
from services.video.room import LEAST_AGE, Room

log = structlog.get_logger()

STORE: Final = "videos"
# ADR-20 of the NATS architecture.
STREAM: Final = f"OBJ_{STORE}"
SECONDS_PER_DAY: Final = 86_400
# What is known of a file goes before the file does.
LATER_DAYS: Final = 1.0
PIECE_BYTES: Final = 512 * 1024
CHUNK_BYTES: Final = 256 * 1024
MAX_TRANSFERS: Final = 8


class Vault:
    """The files of videos, on their way from disk to disk. Each is written once, under a name of its own."""

    def __init__(
        self,
        js: JetStreamContext,
        store: ObjectStore,
        *,
        max_bytes: int,
        timeout_seconds: float,
        least_age: timedelta = LEAST_AGE,
    ) -> None:
        self._js = js
        self._store = store
        self._room = Room(store, self._purge, max_bytes=max_bytes, least_age=least_age)
        self._timeout_seconds = timeout_seconds
        self._turnstile = asyncio.Semaphore(MAX_TRANSFERS)

    async def put_file(self, job_id: str, form: str, path: Path, mime_type: str) -> File:
        """Keep a file of the disk. Raises ServiceUnavailable, also when the store is full."""
        size_bytes = (await asyncio.to_thread(path.stat)).st_size
        file = File(_name(job_id, form), mime_type, size_bytes)

        async def write() -> None:
            with await asyncio.to_thread(path.open, "rb") as content:
                await self._write(file, content)

        await persist(write, self._timeout_seconds)
        return file

    async def put(self, job_id: str, form: str, content: bytes, mime_type: str) -> File:
        """Keep a small file. Raises ServiceUnavailable, also when the store is full."""
        file = File(_name(job_id, form), mime_type, len(content))

        async def write() -> None:
            with BytesIO(content) as source:
                await self._write(file, source)

        await persist(write, self._timeout_seconds)
        return file

    async def read(self, file: File) -> bytes:
        """Return a small file. Raises ResourceNotFound when it is gone, ServiceUnavailable."""

        async def read() -> bytes | None:
            with BytesIO() as content:
                return content.getvalue() if await self._read(file, content) else None

        return _found(await persist(read, self._timeout_seconds))

    async def get_to(self, file: File, path: Path) -> None:
        """Write a file to the disk. Raises ResourceNotFound when it is gone, ServiceUnavailable."""

        async def read() -> bytes | None:
            with await asyncio.to_thread(path.open, "wb") as content:
                return b"" if await self._read(file, content) else None

        _found(await persist(read, self._timeout_seconds))

    async def chunks(self, file: File) -> AsyncGenerator[bytes]:
        """Yield a file in pieces. Raises ResourceNotFound when it is gone, ServiceUnavailable."""
        # By way of the disk: the store gives its pieces at its own pace, and whoever takes them has another.
        with tempfile.TemporaryDirectory(prefix="quartet-video-") as directory:
            path = Path(directory) / "file"
            await self.get_to(file, path)
            with await asyncio.to_thread(path.open, "rb") as content:
                while chunk := await asyncio.to_thread(content.read, CHUNK_BYTES):
                    yield chunk

    async def delete(self, *files: File) -> None:
        """Delete files. What cannot be deleted now goes when its time is over."""
        for file in files:
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    await self._purge(file.name)
            except NotFoundError:
                continue
            except STORE_FAILURES as error:
                log.warning("video_not_deleted", error=type(error).__name__)
                return

    async def size_bytes(self) -> int:
        """Say how much room all files take. Raises what NATS raises."""
        return (await self._store.status()).size

    async def _write(self, file: File, content: IO[bytes]) -> None:
        options = ObjectMetaOptions(max_chunk_size=PIECE_BYTES)
        async with self._turnstile, asyncio.timeout(self._timeout_seconds):
            await self._room.require(file.size_bytes)
            meta = ObjectMeta(name=file.name, options=options)
            await self._store.put(file.name, content, meta=meta)  # type: ignore[arg-type]  # any readable does

    async def _read(self, file: File, content: IO[bytes]) -> bool:
        try:
            async with self._turnstile, asyncio.timeout(self._timeout_seconds):
                await self._store.get(file.name, writeinto=content)  # type: ignore[arg-type]
        except NotFoundError:
            return False
        return True

    async def _purge(self, name: str) -> None:
        # Not the library's delete: it writes a marker first, for which a full store has no room.
        info = await self._store.get_info(name)
        encoded = urlsafe_b64encode(name.encode()).decode()
        await self._js.purge_stream(STREAM, subject=f"$O.{STORE}.M.{encoded}")
        await self._js.purge_stream(STREAM, subject=f"$O.{STORE}.C.{info.nuid}")


def _name(job_id: str, form: str) -> str:
    # Written anew after a death, it is another file: the former one goes with its time.
    return f"{job_id}/{form}/{uuid4().hex}"


def _found(content: bytes | None) -> bytes:
    if content is None:
        raise ResourceNotFound("the video is no longer kept", metadata={"resource": "video"})
    return content


async def open_vault(
    connection: Nats,
    *,
    kept_days: float,
    max_bytes: int,
    timeout_seconds: float,
    replicas: int,
    least_age: timedelta = LEAST_AGE,
) -> Vault:
    """Create or update the store of objects that this service owns. Raises ConfigurationConflict.

    Where there is no room left the oldest files go, but none younger than `least_age`.
    """
    config = ObjectStoreConfig(
        bucket=STORE,
        description="Videos, and the pictures that some were made from; owned by the video service.",
        ttl=(kept_days + LATER_DAYS) * SECONDS_PER_DAY,
        max_bytes=max_bytes,
        replicas=replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    store = await ensure_object_store(js, config)
    return Vault(js, store, max_bytes=max_bytes, timeout_seconds=timeout_seconds, least_age=least_age)
