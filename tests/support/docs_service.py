import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import aiohttp
from quartet.common.v1.caller_pb2 import Caller
from quartet.docs.v1 import document_pb2
from quartet.docs.v1 import document_service_pb2 as pb
from quartet.docs.v1.document_service_pb2_grpc import DocumentServiceStub

from services.chassis.client import channel
from services.chassis.settings import Environment
from services.docs.__main__ import main
from services.docs.settings import DocsSettings
from tests.support.ports import free_port

CHUNK_BYTES: Final = 64 * 1024
Document = document_pb2.Document


@dataclass
class Uploaded:
    """What a caller got of one upload."""

    progress: list[pb.ReadingProgress] = field(default_factory=list)
    document: Document = field(default_factory=Document)


@dataclass
class Answer:
    """What a caller got of one question."""

    deltas: list[str] = field(default_factory=list)
    progress: list[pb.AnswerProgress] = field(default_factory=list)
    completed: pb.AnswerCompleted | None = None

    @property
    def text(self) -> str:
        return "".join(self.deltas)

    @property
    def pages(self) -> list[int]:
        """The pages that are cited."""
        assert self.completed is not None
        return [citation.page_number for citation in self.completed.citations]


class DocsCaller:
    """A client of the document service in a chat, as the gateway is one."""

    def __init__(self, stub: Any, settings: DocsSettings, chat_id: int = 1) -> None:
        self._stub = stub
        self.settings = settings
        self.caller = Caller(user_id=1, chat_id=chat_id, language_code="ru")

    def in_new_chat(self) -> "DocsCaller":
        """The same, in a chat that nobody knows."""
        return self.in_chat(uuid4().int >> 80)

    def in_chat(self, chat_id: int) -> "DocsCaller":
        return DocsCaller(self._stub, self.settings, chat_id)

    async def upload(
        self, content: bytes, filename: str = "a.txt", document_id: str = "", **header: Any
    ) -> Uploaded:
        call = self.uploading(content, filename, document_id, **header)
        uploaded = Uploaded()
        async for response in call:
            if response.HasField("completed"):
                uploaded.document = response.completed
            else:
                uploaded.progress.append(response.progress)
        return uploaded

    def uploading(self, content: bytes, filename: str = "a.txt", document_id: str = "", **header: Any) -> Any:
        """Begin an upload and return the call."""
        described = pb.DocumentHeader(
            caller=self.caller,
            document_id=document_id or uuid4().hex,
            filename=filename,
            **{"size_bytes": len(content), **header},
        )
        return self._stub.UploadDocument(_parts(described, content), wait_for_ready=True)

    async def ask(self, question: str, *documents: Document, **fields: Any) -> Answer:
        return await self.hear(self.asking(question, *documents, **fields))

    def asking(self, question: str, *documents: Document, **fields: Any) -> Any:
        """Begin a question and return the call. Without a question it asks for a summary."""
        fields.setdefault("turn_id", uuid4().hex)
        fields.setdefault("conversation_id", fields["turn_id"])
        ids = [document.document_id for document in documents]
        return self._stub.StreamAnswer(
            pb.StreamAnswerRequest(caller=self.caller, document_ids=ids, question=question, **fields)
        )

    async def hear(self, call: Any) -> Answer:
        """Read what is left of an answer."""
        answer = Answer()
        async for response in call:
            match response.WhichOneof("event"):
                case "text_delta":
                    answer.deltas.append(response.text_delta)
                case "progress":
                    answer.progress.append(response.progress)
                case _:
                    answer.completed = response.completed
        return answer

    async def get(self, document_id: str) -> Document:
        request = pb.GetDocumentRequest(caller=self.caller, document_id=document_id)
        found: Document = (await self._stub.GetDocument(request)).document
        return found

    async def listed(self, *, timeout: float = 10.0, **fields: Any) -> pb.ListDocumentsResponse:
        request = pb.ListDocumentsRequest(caller=self.caller, **fields)
        call = self._stub.ListDocuments(request, wait_for_ready=True, timeout=timeout)
        listed: pb.ListDocumentsResponse = await call
        return listed

    async def titles(self) -> list[str]:
        return [document.title for document in (await self.listed(page_size=100)).documents]

    async def rename(self, document_id: str, title: str) -> Document:
        request = pb.RenameDocumentRequest(caller=self.caller, document_id=document_id, title=title)
        renamed: Document = (await self._stub.RenameDocument(request)).document
        return renamed

    async def delete(self, document_id: str) -> None:
        await self._stub.DeleteDocument(pb.DeleteDocumentRequest(caller=self.caller, document_id=document_id))

    async def move_to(self, chat_id: int) -> None:
        """Give all documents of this chat to another."""
        request = pb.MoveLibraryRequest(
            caller=self.caller, from_chat_id=self.caller.chat_id, to_chat_id=chat_id
        )
        await self._stub.MoveLibrary(request)

    async def render(self, document_id: str, page_number: int, passage: str = "") -> bytes:
        place = document_pb2.Citation(document_id=document_id, page_number=page_number, passage=passage)
        request = pb.RenderPageRequest(caller=self.caller, place=place)
        return b"".join([response.chunk async for response in self._stub.RenderPage(request)])

    async def metrics(self) -> str:
        url = f"http://127.0.0.1:{self.settings.metrics_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()


async def _parts(header: pb.DocumentHeader, content: bytes) -> AsyncIterator[pb.UploadDocumentRequest]:
    yield pb.UploadDocumentRequest(header=header)
    for begin in range(0, len(content), CHUNK_BYTES):
        yield pb.UploadDocumentRequest(chunk=content[begin : begin + CHUNK_BYTES])


@asynccontextmanager
async def docs_service(
    nats_url: str, text_target: str, directory: Path, **settings: Any
) -> AsyncIterator[DocsCaller]:
    """Run the whole service on this loop, composed as in production, and connect to it."""
    chosen = DocsSettings(
        environment=Environment.TEST,
        nats_url=nats_url,
        grpc_port=free_port(),
        metrics_port=free_port(),
        grace_seconds=1.0,
        text_target=text_target,
        docs_directory=directory,
        **{"docs_store_timeout_seconds": 3.0, **settings},
    )
    stop = asyncio.Event()
    service = asyncio.create_task(main(chosen, stop))
    try:
        async with channel(f"ipv4:127.0.0.1:{chosen.grpc_port}") as opened:
            caller = DocsCaller(DocumentServiceStub(opened), chosen)
            await caller.listed()
            yield caller.in_new_chat()
    finally:
        stop.set()
        await service
