import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog

from services.chassis.backoff import Backoff
from services.chassis.errors import (
    InternalError,
    InvalidRequest,
    QuartetError,
    ResourceNotFound,
    ServiceUnavailable,
    UnsupportedDocument,
)
from services.gateway.delivery.files import Files
from services.gateway.dialogue import Speaker
from services.gateway.docs_client import DocsClient
from services.gateway.documents.document import Document, PagesRead, Upload
from services.gateway.documents.files import DocumentFile
from services.gateway.documents.room import Room

log = structlog.get_logger()

T = TypeVar("T")
MAX_HELD_BYTES: Final = 200_000_000
"""Files that are in memory between Telegram and the document service."""
MEGABYTE: Final = 1_000_000

Progress = Callable[[PagesRead], None]


@dataclass(frozen=True)
class Arrival:
    """Documents that are being read for a turn."""

    happened: asyncio.Event
    before: tuple[asyncio.Event, ...]
    """Those of other turns that had begun with the same documents."""


class Library:
    """A chat's documents: fetched from Telegram, read and kept by the document service.

    It is the one owner of retries towards that service, answers apart. Raises QuartetError.
    """

    def __init__(
        self, docs: DocsClient, files: Files, *, max_file_bytes: int, patience_seconds: float
    ) -> None:
        """`patience_seconds`: how long a document service that is away may take to come back."""
        self._docs = docs
        self._files = files
        self._max_file_bytes = max_file_bytes
        self._patience_seconds = patience_seconds
        self._room = Room(MAX_HELD_BYTES)
        self._expected: dict[str, asyncio.Event] = {}

    @contextmanager
    def expecting(self, document_ids: Sequence[str]) -> Iterator[Arrival]:
        """Lets questions about documents wait, until the arrival has happened or the block ends."""
        known = (self._expected.get(document_id) for document_id in document_ids)
        arrival = Arrival(asyncio.Event(), tuple(event for event in known if event is not None))
        self._expected.update(dict.fromkeys(document_ids, arrival.happened))
        try:
            yield arrival
        finally:
            arrival.happened.set()
            for document_id in document_ids:
                if self._expected.get(document_id) is arrival.happened:
                    del self._expected[document_id]

    async def has(self, document_ids: Sequence[str], speaker: Speaker) -> bool:
        """Whether all of the documents are known to be kept, at a glance."""
        try:
            for document_id in document_ids:
                await self._docs.get(document_id, speaker)
        except QuartetError:
            return False
        return True

    async def find(self, document_ids: Sequence[str], speaker: Speaker) -> list[Document]:
        """Those of the documents that are kept; those that are being read are waited for."""
        for document_id in document_ids:
            if (expected := self._expected.get(document_id)) is not None:
                await expected.wait()
        found = await asyncio.gather(*(self._find(document_id, speaker) for document_id in document_ids))
        return [document for document in found if document is not None]

    async def read(
        self, file: DocumentFile, speaker: Speaker, progress: Progress, *, password: str = ""
    ) -> Document:
        """A document that is in a chat, read now unless it is kept already.

        Raises UnsupportedDocument for one that cannot be read, and ResourceNotFound for one that Telegram has
        no more.
        """
        kept = await self._find(file.document_id, speaker)
        if kept is not None:
            return kept
        if file.is_hopeless:
            raise UnsupportedDocument(metadata={"problem": "unknown_format"})
        if file.size_bytes > self._max_file_bytes:
            raise self._too_large()
        async with self._room.take(file.size_bytes or self._max_file_bytes):
            content = await self._fetch(file, speaker.chat_id)
            upload = Upload(
                file.document_id, speaker, file.filename, file.mime_type, content, password=password
            )
            return await self._patiently(lambda: self._upload(upload, progress))

    async def _find(self, document_id: str, speaker: Speaker) -> Document | None:
        with contextlib.suppress(ResourceNotFound):
            return await self._patiently(lambda: self._docs.get(document_id, speaker))
        return None

    async def _fetch(self, file: DocumentFile, chat_id: int) -> bytes:
        try:
            return await self._files.fetch(file.file_id, chat_id=chat_id, max_bytes=self._max_file_bytes)
        except InvalidRequest as error:
            raise self._too_large() from error

    async def _upload(self, upload: Upload, progress: Progress) -> Document:
        async with contextlib.aclosing(self._docs.upload(upload)) as events:
            async for event in events:
                if isinstance(event, Document):
                    return event
                progress(event)
        raise InternalError("the document service has kept no document")

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        gives_up_at = time.monotonic() + self._patience_seconds
        backoff = Backoff(0.2, longest_seconds=3.0)
        while True:
            try:
                return await ask()
            except ServiceUnavailable as error:
                if time.monotonic() > gives_up_at:
                    raise
                log.warning("document_service_unavailable", detail=str(error))
            await backoff.pause()

    def _too_large(self) -> UnsupportedDocument:
        limit = str(self._max_file_bytes // MEGABYTE)
        return UnsupportedDocument(metadata={"problem": "too_large", "limit": limit})
