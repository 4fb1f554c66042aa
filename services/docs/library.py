from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import TypeAdapter, ValidationError

from services.chassis.errors import InternalError, QuartetError
from services.chassis.failpoints import Failpoints
from services.chassis.jetstream import Nats, ensure_bucket, entries
from services.docs.document import Document
from services.docs.notebook import Notebook
from services.docs.persistence import READ_SECONDS, REQUEST_SECONDS, persist
from services.docs.settings import DocsSettings
from services.docs.shelf import Room, Shelf
from services.docs.vault import Vault

log = structlog.get_logger()

BUCKET: Final = "documents"
CODEC: Final = TypeAdapter(Shelf)
USE_NOTED_EVERY: Final = timedelta(minutes=1)

Change = Callable[[Shelf], Shelf]


class Library:
    """The documents that are kept: one shelf for each owner, which is a chat, compared and swapped.

    Objects are written before the shelf names them, and deleted after it no longer does: a kill in between
    leaves objects that nobody names, which are swept up. Methods raise ServiceUnavailable if the store stays
    silent.
    """

    def __init__(
        self,
        js: JetStreamContext,
        bucket: KeyValue,
        vault: Vault,
        notebook: Notebook,
        room: Room,
        failpoints: Failpoints,
        *,
        timeout_seconds: float,
    ) -> None:
        self._js = js
        self._bucket = bucket
        self._vault = vault
        self._notebook = notebook
        self._room = room
        self._failpoints = failpoints
        self._timeout_seconds = timeout_seconds

    async def shelf(self, owner: int) -> Shelf:
        """Return what an owner has."""

        async def read() -> Shelf:
            shelf, _revision = await self._read(owner)
            return shelf.at(datetime.now(UTC), self._room)

        return await persist(read, READ_SECONDS)

    async def require_room(self, owner: int, size_bytes: int) -> None:
        """Raise QuotaExceeded when one more document of this size does not fit."""
        (await self.shelf(owner)).require_room(size_bytes, self._room)
        await self._vault.require_room(size_bytes)

    async def add(self, owner: int, document: Document) -> Document:
        """Put a document whose objects are stored on the shelf: from then on it is there.

        One that was there already, because another call was faster, stays. Raises QuotaExceeded.
        """
        try:
            after = await self._change(owner, lambda shelf: shelf.add(document, self._room))
        except QuartetError:
            await self._release(frozenset(document.content.objects), await self.shelf(owner))
            raise
        await self._failpoints.hit("docs.kept")
        await self._release(frozenset(document.content.objects), after)
        return after.get(document.document_id)

    async def add_known(self, owner: int, document: Callable[[Shelf], Document | None]) -> Document | None:
        """Put a document on the shelf that has the content of another there, if there is such a one."""
        added: Document | None = None

        def change(shelf: Shelf) -> Shelf:
            nonlocal added
            added = document(shelf)
            return shelf.add(added, self._room) if added else shelf

        after = await self._change(owner, change)
        return after.get(added.document_id) if added else None

    async def use(self, owner: int, document_ids: Sequence[str]) -> list[Document]:
        """Return documents, and note that they are used. Raises ResourceNotFound."""
        now = datetime.now(UTC)
        shelf = await self._change(
            owner, lambda shelf: shelf.used(document_ids, now, fresh_for=USE_NOTED_EVERY)
        )
        return [shelf.get(document_id) for document_id in document_ids]

    async def rename(self, owner: int, document_id: str, title: str) -> Document:
        """Raises ResourceNotFound."""
        shelf = await self._change(owner, lambda shelf: shelf.renamed(document_id, title))
        return shelf.get(document_id)

    async def delete(self, owner: int, document_id: str) -> None:
        """Delete a document with all that was made of it."""
        await self._change(owner, lambda shelf: shelf.remove(document_id))

    async def move(self, from_owner: int, to_owner: int) -> None:
        """Give all documents of an owner to another. Moving twice is moving once.

        They come before they go: a kill in between leaves them on both shelves.
        """
        moved = await self.shelf(from_owner)
        if moved.documents:
            await self._swap(to_owner, lambda shelf: shelf.absorb(moved))
            await self._failpoints.hit("docs.moved")
            # What came in between stays for the next call. The objects stay: the other shelf names them.
            await self._swap(from_owner, lambda shelf: shelf.without(moved))

    async def tidy(self, owner: int) -> None:
        """Take what nobody used for too long off a shelf."""
        await self._change(owner, lambda shelf: shelf)

    def has_expired(self, shelf: Shelf) -> bool:
        """Whether something stands on a shelf that nobody used for too long."""
        return shelf.at(datetime.now(UTC), self._room) != shelf

    async def shelves(self) -> AsyncGenerator[tuple[int, Shelf]]:
        """Yield every owner's shelf as it stands. Raises what NATS raises."""
        async with aclosing(entries(self._js, BUCKET)) as listed:
            async for entry in listed:
                yield int(entry.key), _decoded(entry.value)

    async def _change(self, owner: int, change: Change) -> Shelf:
        former, changed = await self._swap(owner, change)
        await self._release(former.objects, changed)
        return changed

    async def _swap(self, owner: int, change: Change) -> tuple[Shelf, Shelf]:
        """Return the shelf before and after; no object is deleted."""
        former = Shelf()

        async def write() -> Shelf:
            nonlocal former
            former, revision = await self._read(owner)
            changed = change(former.at(datetime.now(UTC), self._room))
            if changed != former:
                await self._write(owner, changed, revision)
            return changed

        changed = await persist(write, self._timeout_seconds)
        return former, changed

    async def _release(self, names: frozenset[str], shelf: Shelf) -> None:
        """Delete those of the objects that the shelf no longer names, with what was noted of them."""
        released = names - shelf.objects
        if released:
            await self._failpoints.hit("docs.released")
            await self._notebook.forget(released)
            await self._vault.delete(released)

    async def _read(self, owner: int) -> tuple[Shelf, int]:
        try:
            entry = await self._bucket.get(str(owner))
        except KeyNotFoundError as error:
            # A deleted key leaves a marker, and the next write must name it.
            return Shelf(), error.entry.revision or 0 if error.entry else 0
        return _decoded(entry.value), entry.revision or 0

    async def _write(self, owner: int, shelf: Shelf, revision: int) -> None:
        if shelf.documents:
            await self._bucket.update(str(owner), CODEC.dump_json(shelf), last=revision)
        else:
            await self._bucket.delete(str(owner), last=revision)


def _decoded(value: bytes | None) -> Shelf:
    try:
        return CODEC.validate_json(value or b"{}")
    except ValidationError as error:
        log.error("shelf_unreadable", problems=error.error_count())
        # Going on as if it were empty would delete all that stands on it.
        raise InternalError("a shelf cannot be read") from error


async def open_library(
    connection: Nats, settings: DocsSettings, vault: Vault, notebook: Notebook, failpoints: Failpoints
) -> Library:
    """Create or update the bucket that this service owns. Raises ConfigurationConflict."""
    config = KeyValueConfig(
        bucket=BUCKET,
        description="The documents of each chat; owned by the docs service.",
        history=1,
        replicas=settings.stream_replicas,
    )
    js = connection.client.jetstream(timeout=REQUEST_SECONDS)
    bucket = await ensure_bucket(js, config)
    room = Room(
        settings.docs_max_documents,
        settings.docs_max_bytes_per_user,
        timedelta(days=settings.docs_kept_days),
    )
    timeout_seconds = settings.docs_store_timeout_seconds
    return Library(js, bucket, vault, notebook, room, failpoints, timeout_seconds=timeout_seconds)
