from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import PurePath

from services.chassis.errors import InvalidRequest, UnsupportedDocument, Violation
from services.chassis.failpoints import Failpoints
from services.docs.arrival import Arrival
from services.docs.document import MAX_TITLE_CHARACTERS, Content, Document, Transcript, plain
from services.docs.inbox import Inbox, Received
from services.docs.library import Library
from services.docs.metrics import DocsMetrics
from services.docs.places import Places
from services.docs.readers.base import Unreadable
from services.docs.readings import PagesRead, Readings, WhatWasRead
from services.docs.report import Outcome, ReadingReport, reading
from services.docs.shelf import Shelf
from services.docs.vault import Vault


class Uploads:
    """Takes files in, has them read, and keeps them. What is kept already is not read again."""

    def __init__(
        self,
        inbox: Inbox,
        readings: Readings,
        library: Library,
        vault: Vault,
        places: Places,
        *,
        metrics: DocsMetrics,
        failpoints: Failpoints,
    ) -> None:
        self._inbox = inbox
        self._readings = readings
        self._library = library
        self._vault = vault
        self._places = places
        self._metrics = metrics
        self._failpoints = failpoints

    async def stream(
        self, arrival: Arrival, chunks: AsyncIterator[bytes]
    ) -> AsyncGenerator[PagesRead | tuple[Document, Transcript]]:
        """Yield how far the document is read, then the document that is kept. Raises QuartetError.

        Leaving early ends the reading, and nothing is kept.
        """
        with reading(self._metrics, arrival.document_id) as report:
            try:
                async with aclosing(self._take_in(arrival, chunks, report)) as events:
                    async for event in events:
                        yield event
            except Unreadable as error:
                raise unsupported(error) from error

    async def _take_in(
        self, arrival: Arrival, chunks: AsyncIterator[bytes], report: ReadingReport
    ) -> AsyncGenerator[PagesRead | tuple[Document, Transcript]]:
        kept = (await self._library.shelf(arrival.owner)).find(arrival.document_id)
        if kept is not None:
            report.ended(Outcome.REPLAYED, kept.content)
            yield kept, await self._vault.get_transcript(kept.content.transcript)
            return
        self._inbox.require_fits(arrival.size_bytes)
        await self._library.require_room(arrival.owner, arrival.size_bytes)
        with self._places.taken():
            async with self._inbox.receive(chunks) as received:
                if arrival.size_bytes not in (0, received.size_bytes):
                    raise InvalidRequest(violations=[Violation("size_bytes", "is not what was sent")])
                known = await self._library.add_known(arrival.owner, _like(arrival, received))
                if known is not None:
                    report.ended(Outcome.KNOWN, known.content)
                    yield known, await self._vault.get_transcript(known.content.transcript)
                    return
                async with aclosing(self._read(arrival, received, report)) as events:
                    async for event in events:
                        yield event

    async def _read(
        self, arrival: Arrival, received: Received, report: ReadingReport
    ) -> AsyncGenerator[PagesRead | tuple[Document, Transcript]]:
        read = self._readings.read(arrival.owner, received.path, arrival.password, arrival.safe_filename)
        async with aclosing(read) as events:
            async for event in events:
                if isinstance(event, WhatWasRead):
                    yield await self._keep(arrival, received, event, report)
                else:
                    yield event

    async def _keep(
        self, arrival: Arrival, received: Received, read: WhatWasRead, report: ReadingReport
    ) -> tuple[Document, Transcript]:
        transcript = Transcript(read.overview.headings, read.pages, arrival.password)
        content = Content(
            digest=received.digest,
            own_title=plain(read.overview.title, MAX_TITLE_CHARACTERS),
            transcript=await self._vault.put_transcript(transcript),
            file=await self._vault.put_file(received.path),
            format=read.overview.format,
            unit=read.overview.unit,
            page_count=max(page.number for page in read.pages),
            recognised_page_count=sum(page.is_recognised for page in read.pages),
            character_count=transcript.character_count,
            size_bytes=received.size_bytes,
            language=read.language,
        )
        await self._failpoints.hit("docs.stored")
        document = await self._library.add(arrival.owner, _document(arrival, content))
        report.ended(Outcome.READ, document.content)
        return document, transcript


def unsupported(error: Unreadable) -> UnsupportedDocument:
    """Say why a document cannot be read."""
    metadata = {"problem": str(error.problem)}
    if error.limit is not None:
        metadata["limit"] = str(error.limit)
    return UnsupportedDocument(metadata=metadata)


def _document(arrival: Arrival, content: Content) -> Document:
    now, filename = datetime.now(UTC), arrival.safe_filename
    title = content.own_title or PurePath(filename).stem[:MAX_TITLE_CHARACTERS]
    return Document(arrival.document_id, title, filename, content, created_at=now, used_at=now)


def _like(arrival: Arrival, received: Received) -> Callable[[Shelf], Document | None]:
    """What is known of the same file stands for this one, too."""

    def document(shelf: Shelf) -> Document | None:
        content = shelf.content_of(received.digest)
        return _document(arrival, content) if content else None

    return document
