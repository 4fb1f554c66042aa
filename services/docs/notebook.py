from collections.abc import Collection
from typing import Final

import structlog
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from services.chassis.jetstream import Nats, ensure_bucket
from services.docs.persistence import READ_SECONDS, REQUEST_SECONDS, STORE_FAILURES, persist
from services.docs.settings import DocsSettings

log = structlog.get_logger()

BUCKET: Final = "document_notes"
SECONDS_PER_DAY: Final = 86_400


class Notebook:
    """What models noted of documents, under the name of the transcript: it need not be paid for again."""

    def __init__(self, bucket: KeyValue, js: JetStreamContext, *, timeout_seconds: float) -> None:
        self._bucket = bucket
        self._js = js
        self._timeout_seconds = timeout_seconds

    async def find(self, transcript: str, name: str) -> str | None:
        """Return a note. Raises ServiceUnavailable if the store stays silent."""

        async def read() -> str | None:
            try:
                return ((await self._bucket.get(f"{transcript}.{name}")).value or b"").decode()
            except KeyNotFoundError:
                return None

        return await persist(read, READ_SECONDS)

    async def keep(self, transcript: str, name: str, text: str) -> None:
        """Keep a note. Raises ServiceUnavailable if the store stays silent."""

        async def write() -> None:
            await self._bucket.put(f"{transcript}.{name}", text.encode())

        await persist(write, self._timeout_seconds)

    async def forget(self, transcripts: Collection[str]) -> None:
        """Delete what was noted. What cannot be deleted now goes when its time is over."""
        for transcript in transcripts:
            try:
                await self._js.purge_stream(f"KV_{BUCKET}", subject=f"$KV.{BUCKET}.{transcript}.>")
            except STORE_FAILURES as error:
                log.warning("notes_not_deleted", error=type(error).__name__)
                return


async def open_notebook(connection: Nats, settings: DocsSettings) -> Notebook:
    """Create or update the bucket that this service owns. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="What models noted of documents; owned by the docs service.",
        history=1,
        ttl=settings.docs_kept_days * SECONDS_PER_DAY,
        replicas=settings.stream_replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    bucket = await ensure_bucket(js, config)
    return Notebook(bucket, js, timeout_seconds=settings.docs_store_timeout_seconds)
