from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final

import grpc
from quartet.common.v1.caller_pb2 import Caller
from quartet.docs.v1 import document_pb2
from quartet.docs.v1 import document_service_pb2 as pb
from quartet.docs.v1.document_service_pb2_grpc import DocumentServiceStub

from services.gateway.dialogue import Speaker
from services.gateway.documents import (
    Citation,
    Document,
    Heading,
    Inquiry,
    PagesRead,
    PageUnit,
    StepsDone,
    Told,
    Upload,
)
from services.gateway.spending import spent
from services.gateway.text_client import ANSWER_LENGTHS, ROLES

CHUNK_BYTES: Final = 256 * 1024
RENDER_SECONDS: Final = 30.0
LIST_COUNT: Final = 100


class DocsClient:
    """The document service, as the gateway speaks to it. Raises QuartetError."""

    def __init__(self, channel: grpc.aio.Channel, *, timeout_seconds: float) -> None:
        """`timeout_seconds`: for a whole document to be read, and for a whole answer."""
        self._stub = DocumentServiceStub(channel)
        self._timeout_seconds = timeout_seconds

    async def upload(self, upload: Upload) -> AsyncGenerator[PagesRead | Document, None]:
        """Yields how far the document is read, then the document. Closing the iterator ends the reading."""
        call = self._stub.UploadDocument(_parts(upload), timeout=self._timeout_seconds)
        try:
            async for response in call:
                if response.HasField("completed"):
                    yield _document(response.completed)
                else:
                    done = response.progress
                    yield PagesRead(done.pages_read, done.page_count, done.recognising)
        finally:
            call.cancel()

    async def ask(self, inquiry: Inquiry) -> AsyncGenerator[str | StepsDone | Told, None]:
        """Yields an answer's deltas, then its end. Closing the iterator cancels the vendor's stream."""
        request = pb.StreamAnswerRequest(
            caller=_caller(inquiry.speaker),
            turn_id=inquiry.turn_id,
            run_id=inquiry.run_id,
            conversation_id=inquiry.conversation_id,
            document_ids=inquiry.sources.document_ids,
            question=inquiry.question,
            model=inquiry.preferences.model,
            role=ROLES[inquiry.preferences.role],
            wishes=inquiry.preferences.wishes,
            answer_length=ANSWER_LENGTHS[inquiry.preferences.answer_length],
            speaker_name=inquiry.speaker_name,
            run_kind=pb.RUN_KIND_CONTINUE if inquiry.goes_on else pb.RUN_KIND_ANSWER,
        )
        call = self._stub.StreamAnswer(request, timeout=self._timeout_seconds)
        try:
            async for response in call:
                match response.WhichOneof("event"):
                    case "text_delta":
                        yield response.text_delta
                    case "progress":
                        yield StepsDone(response.progress.steps_done, response.progress.step_count)
                    case "completed":
                        yield _told(response.completed)
        finally:
            call.cancel()

    async def get(self, document_id: str, speaker: Speaker) -> Document:
        """Raises ResourceNotFound for one that is not theirs or is no longer kept."""
        request = pb.GetDocumentRequest(caller=_caller(speaker), document_id=document_id)
        return _document((await self._stub.GetDocument(request)).document)

    async def list(self, speaker: Speaker) -> list[Document]:
        """The documents of a chat, the one used last first."""
        request = pb.ListDocumentsRequest(caller=_caller(speaker), page_size=LIST_COUNT)
        return [_document(found) for found in (await self._stub.ListDocuments(request)).documents]

    async def rename(self, document_id: str, title: str, speaker: Speaker) -> Document:
        request = pb.RenameDocumentRequest(caller=_caller(speaker), document_id=document_id, title=title)
        return _document((await self._stub.RenameDocument(request)).document)

    async def delete(self, document_id: str, speaker: Speaker) -> None:
        request = pb.DeleteDocumentRequest(caller=_caller(speaker), document_id=document_id)
        await self._stub.DeleteDocument(request)

    async def move(self, from_chat_id: int, to_chat_id: int, speaker: Speaker) -> None:
        """Give the documents of a chat to another."""
        request = pb.MoveLibraryRequest(
            caller=_caller(speaker), from_chat_id=from_chat_id, to_chat_id=to_chat_id
        )
        await self._stub.MoveLibrary(request)

    async def render(self, place: Citation, speaker: Speaker) -> bytes:
        """A page as a PNG, the passage marked."""
        cited = document_pb2.Citation(
            document_id=place.document_id, page_number=place.page_number, passage=place.passage
        )
        request = pb.RenderPageRequest(caller=_caller(speaker), place=cited)
        content = bytearray()
        async for response in self._stub.RenderPage(request, timeout=RENDER_SECONDS):
            content += response.chunk
        return bytes(content)


async def _parts(upload: Upload) -> AsyncIterator[pb.UploadDocumentRequest]:
    header = pb.DocumentHeader(
        caller=_caller(upload.speaker),
        document_id=upload.document_id,
        filename=upload.filename,
        mime_type=upload.mime_type,
        size_bytes=len(upload.content),
        password=upload.password,
    )
    yield pb.UploadDocumentRequest(header=header)
    for begin in range(0, len(upload.content), CHUNK_BYTES):
        yield pb.UploadDocumentRequest(chunk=upload.content[begin : begin + CHUNK_BYTES])


def _caller(speaker: Speaker) -> Caller:
    return Caller(
        user_id=speaker.user_id,
        chat_id=speaker.chat_id,
        language_code=speaker.language_code,
        user_key=speaker.user_key,
        chat_key=speaker.chat_key,
        is_in_focus_group=speaker.is_in_focus_group,
    )


def _document(found: document_pb2.Document) -> Document:
    return Document(
        document_id=found.document_id,
        title=found.title,
        filename=found.filename,
        format=document_pb2.Format.Name(found.format).removeprefix("FORMAT_").lower(),
        unit=_UNITS.get(found.unit, PageUnit.PAGE),
        page_count=found.page_count,
        recognised_page_count=found.recognised_page_count,
        language_code=found.language_code,
        size_bytes=found.size_bytes,
        outline=tuple(Heading(line.title, line.page_number, line.level) for line in found.outline),
    )


def _told(completed: Any) -> Told:
    return Told(
        citations=tuple(
            Citation(cited.document_id, cited.page_number, cited.passage) for cited in completed.citations
        ),
        suggested_questions=tuple(completed.suggested_questions),
        is_truncated=completed.truncated,
        model=completed.usage.model,
        failed_over=completed.failed_over,
        spent=spent(completed.usage),
    )


_UNITS: Final = {document_pb2.PageUnit.Value(f"PAGE_UNIT_{unit.name}"): unit for unit in PageUnit}
