import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from prometheus_client import CollectorRegistry
from quartet.docs.v1 import document_pb2
from quartet.docs.v1 import document_service_pb2 as pb
from quartet.docs.v1.document_service_pb2_grpc import (
    DocumentServiceServicer,
    add_DocumentServiceServicer_to_server,
)

from services.chassis.errors import ResourceNotFound, UnsupportedDocument, by_reason
from services.chassis.server import Registration, serving
from services.chassis.settings import Environment, ServiceSettings
from tests.support.ports import free_port
from tests.support.studio import a_jpeg

NAME: Final = pb.DESCRIPTOR.services_by_name["DocumentService"].full_name
PAGES: Final = 12
PASSAGE: Final = "Цена составляет сто рублей."
SUGGESTED: Final = ("Какова цена?", "Кто поставщик?")
PASSWORD: Final = "кот-42"
LOCKED: Final = b"locked"
BROKEN: Final = b"broken"


class ReadingRoom(DocumentServiceServicer):
    """A document service that reads everything, waits where it is told to, and fails as it is told."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], document_pb2.Document] = {}
        self.headers: list[pb.DocumentHeader] = []
        self.inquiries: list[pb.StreamAnswerRequest] = []
        self.drawn: list[document_pb2.Citation] = []
        self.cancelled: list[str] = []
        self.has_begun = asyncio.Event()
        """Set when a reading or an answer begins to wait."""
        self.read_on = asyncio.Event()
        """Readings wait for it after their first pages, answers after their first words."""
        self.read_on.set()
        self.fails_with = ""
        """The reason that every answer ends in."""
        self.is_truncated = False

    async def UploadDocument(  # noqa: N802 - the contract's name
        self, request_iterator: AsyncIterator[pb.UploadDocumentRequest], _context: Any
    ) -> AsyncIterator[pb.UploadDocumentResponse]:
        header: pb.DocumentHeader | None = None
        content = b""
        async for request in request_iterator:
            if request.HasField("header"):
                header = request.header
            content += request.chunk
        assert header is not None
        self.headers.append(header)
        if content == LOCKED and header.password != PASSWORD:
            problem = "password_wrong" if header.password else "password_needed"
            raise UnsupportedDocument(metadata={"problem": problem})
        if content == BROKEN:
            raise UnsupportedDocument(metadata={"problem": "broken"})
        yield pb.UploadDocumentResponse(progress=pb.ReadingProgress(pages_read=3, page_count=PAGES))
        await self._until_read_on(header.document_id)
        yield pb.UploadDocumentResponse(completed=self.keep(header, len(content)))

    async def StreamAnswer(  # noqa: N802 - the contract's name
        self, request: pb.StreamAnswerRequest, _context: Any
    ) -> AsyncIterator[pb.StreamAnswerResponse]:
        self.inquiries.append(request)
        for document_id in request.document_ids:
            self._found(request.caller.chat_id, document_id)
        if self.fails_with:
            raise by_reason()[self.fails_with]
        about = request.question or "Краткое содержание"
        yield pb.StreamAnswerResponse(text_delta=f"Ответ на «{about}»:")
        await self._until_read_on(request.turn_id)
        yield pb.StreamAnswerResponse(text_delta=" сто рублей [7].")
        cited = [
            document_pb2.Citation(document_id=each, page_number=7, passage=PASSAGE)
            for each in request.document_ids
        ]
        yield pb.StreamAnswerResponse(
            completed=pb.AnswerCompleted(
                citations=cited,
                suggested_questions=() if request.question else SUGGESTED,
                truncated=self.is_truncated,
            )
        )

    async def GetDocument(  # noqa: N802 - the contract's name
        self, request: pb.GetDocumentRequest, _context: Any
    ) -> pb.GetDocumentResponse:
        return pb.GetDocumentResponse(document=self._found(request.caller.chat_id, request.document_id))

    async def ListDocuments(  # noqa: N802 - the contract's name
        self, request: pb.ListDocumentsRequest, _context: Any
    ) -> pb.ListDocumentsResponse:
        theirs = [found for (chat_id, _), found in self.kept.items() if chat_id == request.caller.chat_id]
        return pb.ListDocumentsResponse(documents=theirs)

    async def RenameDocument(  # noqa: N802 - the contract's name
        self, request: pb.RenameDocumentRequest, _context: Any
    ) -> pb.RenameDocumentResponse:
        found = self._found(request.caller.chat_id, request.document_id)
        found.title = request.title
        return pb.RenameDocumentResponse(document=found)

    async def DeleteDocument(  # noqa: N802 - the contract's name
        self, request: pb.DeleteDocumentRequest, _context: Any
    ) -> pb.DeleteDocumentResponse:
        self.kept.pop((request.caller.chat_id, request.document_id), None)
        return pb.DeleteDocumentResponse()

    async def MoveLibrary(  # noqa: N802 - the contract's name
        self, request: pb.MoveLibraryRequest, _context: Any
    ) -> pb.MoveLibraryResponse:
        for chat_id, document_id in [*self.kept]:
            if chat_id == request.from_chat_id:
                self.kept[request.to_chat_id, document_id] = self.kept.pop((chat_id, document_id))
        return pb.MoveLibraryResponse()

    async def RenderPage(  # noqa: N802 - the contract's name
        self, request: pb.RenderPageRequest, _context: Any
    ) -> AsyncIterator[pb.RenderPageResponse]:
        self._found(request.caller.chat_id, request.place.document_id)
        self.drawn.append(request.place)
        yield pb.RenderPageResponse(chunk=a_jpeg((250, 250, 250)))

    def keep(self, header: pb.DocumentHeader, size_bytes: int) -> document_pb2.Document:
        document = document_pb2.Document(
            document_id=header.document_id,
            title=header.filename.rpartition(".")[0],
            filename=header.filename,
            format=document_pb2.FORMAT_PDF,
            unit=document_pb2.PAGE_UNIT_PAGE,
            page_count=PAGES,
            size_bytes=size_bytes,
            language_code="ru",
            outline=[document_pb2.Heading(title="Введение", page_number=1, level=1)],
        )
        self.kept[header.caller.chat_id, header.document_id] = document
        return document

    def _found(self, chat_id: int, document_id: str) -> document_pb2.Document:
        found = self.kept.get((chat_id, document_id))
        if found is None:
            raise ResourceNotFound(metadata={"resource": "document"})
        return found

    async def _until_read_on(self, name: str) -> None:
        self.has_begun.set()
        try:
            await self.read_on.wait()
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise


@asynccontextmanager
async def open_reading_room() -> AsyncIterator[tuple[ReadingRoom, str]]:
    """Serve one on this loop with the chassis, as every service is served; yields it and its gRPC target."""
    settings = ServiceSettings(
        environment=Environment.TEST, grpc_port=free_port(), metrics_port=free_port(), grace_seconds=0.5
    )
    room = ReadingRoom()
    registration = Registration(add_DocumentServiceServicer_to_server, room, NAME)
    async with serving(settings, [registration], checks={}, registry=CollectorRegistry()):
        yield room, f"dns:///127.0.0.1:{settings.grpc_port}"
