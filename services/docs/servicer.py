import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any, Final

import grpc
from quartet.docs.v1 import document_service_pb2 as pb
from quartet.docs.v1.document_service_pb2_grpc import (
    DocumentServiceServicer,
    add_DocumentServiceServicer_to_server,
)

from services.chassis.errors import InvalidRequest, QuartetError, Violation
from services.chassis.server import Registration
from services.docs import requests, wire
from services.docs.answers import Answers
from services.docs.document import MAX_TITLE_CHARACTERS, Document, Transcript, plain
from services.docs.drawings import Drawings
from services.docs.library import Library
from services.docs.listing import page
from services.docs.readings import PagesRead
from services.docs.stacks import Stacks
from services.docs.uploads import Uploads

HEAR_OUT_SECONDS: Final = 10.0
Context = grpc.aio.ServicerContext[Any, Any]


class DocumentServicer(DocumentServiceServicer):
    """quartet.docs.v1.DocumentService, in terms of the domain."""

    def __init__(
        self,
        uploads: Uploads,
        library: Library,
        stacks: Stacks,
        answers: Answers,
        drawings: Drawings,
        *,
        kept: timedelta,
    ) -> None:
        self._uploads = uploads
        self._library = library
        self._stacks = stacks
        self._answers = answers
        self._drawings = drawings
        self._kept = kept

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["DocumentService"].full_name
        return Registration(add_DocumentServiceServicer_to_server, self, name)

    async def UploadDocument(  # noqa: N802 - the contract's name
        self, request_iterator: AsyncIterator[pb.UploadDocumentRequest], _context: Context
    ) -> AsyncGenerator[pb.UploadDocumentResponse]:
        try:
            arrival = wire.arrival(await _header(request_iterator))
            requests.require(requests.arrival_violations(arrival))
            async with aclosing(self._uploads.stream(arrival, _chunks(request_iterator))) as events:
                async for event in events:
                    yield self._uploading(event)
        except QuartetError:
            await _hear_out(request_iterator)
            raise
        await _hear_out(request_iterator)

    async def StreamAnswer(  # noqa: N802 - the contract's name
        self, request: pb.StreamAnswerRequest, _context: Context
    ) -> AsyncGenerator[pb.StreamAnswerResponse]:
        inquiry = wire.inquiry(request)
        requests.require(requests.inquiry_violations(inquiry))
        async with aclosing(self._answers.stream(inquiry)) as events:
            async for event in events:
                yield wire.answer(event)

    async def GetDocument(  # noqa: N802 - the contract's name
        self, request: pb.GetDocumentRequest, _context: Context
    ) -> pb.GetDocumentResponse:
        owner = _owner(request)
        found = (await self._library.shelf(owner)).get(request.document_id)
        transcript = await self._stacks.transcript(found.content.transcript)
        described = wire.document(found, kept=self._kept, headings=transcript.headings)
        return pb.GetDocumentResponse(document=described)

    async def ListDocuments(  # noqa: N802 - the contract's name
        self, request: pb.ListDocumentsRequest, _context: Context
    ) -> pb.ListDocumentsResponse:
        owner, size, token = request.caller.chat_id, request.page_size, request.page_token
        requests.require(requests.listing_violations(owner, size, token))
        documents, next_token = page(await self._library.shelf(owner), size, token)
        described = [wire.document(each, kept=self._kept) for each in documents]
        return pb.ListDocumentsResponse(documents=described, next_page_token=next_token)

    async def RenameDocument(  # noqa: N802 - the contract's name
        self, request: pb.RenameDocumentRequest, _context: Context
    ) -> pb.RenameDocumentResponse:
        owner = _owner(request)
        requests.require(requests.title_violations(request.title))
        title = plain(request.title, MAX_TITLE_CHARACTERS)
        renamed = await self._library.rename(owner, request.document_id, title)
        return pb.RenameDocumentResponse(document=wire.document(renamed, kept=self._kept))

    async def DeleteDocument(  # noqa: N802 - the contract's name
        self, request: pb.DeleteDocumentRequest, _context: Context
    ) -> pb.DeleteDocumentResponse:
        await self._library.delete(_owner(request), request.document_id)
        return pb.DeleteDocumentResponse()

    async def MoveLibrary(  # noqa: N802 - the contract's name
        self, request: pb.MoveLibraryRequest, _context: Context
    ) -> pb.MoveLibraryResponse:
        requests.require(requests.move_violations(request.from_chat_id, request.to_chat_id))
        await self._library.move(request.from_chat_id, request.to_chat_id)
        return pb.MoveLibraryResponse()

    async def RenderPage(  # noqa: N802 - the contract's name
        self, request: pb.RenderPageRequest, _context: Context
    ) -> AsyncGenerator[pb.RenderPageResponse]:
        owner, place = request.caller.chat_id, request.place
        requests.require(requests.named_violations(owner, place.document_id))
        requests.require(requests.passage_violations(place.passage))
        picture = await self._drawings.draw(owner, place.document_id, place.page_number, place.passage)
        for chunk in wire.chunks(picture):
            yield chunk

    def _uploading(self, event: PagesRead | tuple[Document, Transcript]) -> pb.UploadDocumentResponse:
        if isinstance(event, PagesRead):
            return pb.UploadDocumentResponse(progress=wire.progress(event))
        found, transcript = event
        completed = wire.document(found, kept=self._kept, headings=transcript.headings)
        return pb.UploadDocumentResponse(completed=completed)


Named = pb.GetDocumentRequest | pb.RenameDocumentRequest | pb.DeleteDocumentRequest


def _owner(request: Named) -> int:
    requests.require(requests.named_violations(request.caller.chat_id, request.document_id))
    return request.caller.chat_id


async def _header(parts: AsyncIterator[pb.UploadDocumentRequest]) -> pb.DocumentHeader:
    async for part in parts:
        if part.HasField("header"):
            return part.header
        break
    raise InvalidRequest(violations=[Violation("header", "must come first")])


async def _chunks(parts: AsyncIterator[pb.UploadDocumentRequest]) -> AsyncIterator[bytes]:
    async for part in parts:
        if not part.HasField("chunk"):
            raise InvalidRequest(violations=[Violation("chunk", "must be all that follows the header")])
        yield part.chunk


async def _hear_out(parts: AsyncIterator[pb.UploadDocumentRequest]) -> None:
    """Let a caller end what they were saying: gRPC tells one who is cut short of an error of its own."""
    with suppress(TimeoutError):
        async with asyncio.timeout(HEAR_OUT_SECONDS):
            async for _part in parts:
                pass
