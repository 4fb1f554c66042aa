from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from quartet.common.v1.usage_pb2 import Usage as WireUsage
from quartet.docs.v1 import document_pb2
from quartet.docs.v1 import document_service_pb2 as pb

from services.docs.answers import Answered
from services.docs.arrival import Arrival
from services.docs.document import Document
from services.docs.materials import StepsDone
from services.docs.readers.base import Format, Heading, PageUnit
from services.docs.readings import PagesRead
from services.docs.writer import Inquiry, Style, Usage

CHUNK_BYTES: Final = 256 * 1024
FORMATS: Final = {each: document_pb2.Format.Value(f"FORMAT_{each.name}") for each in Format}
UNITS: Final = {each: document_pb2.PageUnit.Value(f"PAGE_UNIT_{each.name}") for each in PageUnit}


def arrival(header: pb.DocumentHeader) -> Arrival:
    """Read what is sent."""
    return Arrival(
        owner=header.caller.chat_id,
        document_id=header.document_id,
        filename=header.filename,
        size_bytes=header.size_bytes,
        password=header.password,
    )


def inquiry(request: pb.StreamAnswerRequest) -> Inquiry:
    """Read what is asked."""
    caller = request.caller
    return Inquiry(
        turn_id=request.turn_id,
        run_id=request.run_id,
        conversation_id=request.conversation_id,
        user_id=caller.user_id,
        chat_id=caller.chat_id,
        language=caller.language_code,
        document_ids=tuple(dict.fromkeys(request.document_ids)),
        question=request.question.strip(),
        model=request.model,
        goes_on=request.run_kind == pb.RUN_KIND_CONTINUE,
        style=Style(request.role, request.answer_length, request.wishes, request.speaker_name),
        user_key=caller.user_key,
    )


def document(
    found: Document, *, kept: timedelta, headings: tuple[Heading, ...] = ()
) -> document_pb2.Document:
    """Write what is known of a document."""
    content = found.content
    return document_pb2.Document(
        document_id=found.document_id,
        title=found.title,
        filename=found.filename,
        format=FORMATS[content.format],
        unit=UNITS[content.unit],
        page_count=content.page_count,
        recognised_page_count=content.recognised_page_count,
        character_count=content.character_count,
        size_bytes=content.size_bytes,
        language_code=content.language,
        outline=[
            document_pb2.Heading(title=each.title, page_number=each.page_number, level=each.level)
            for each in headings
        ],
        create_time=_timestamp(found.created_at),
        expire_time=_timestamp(found.used_at + kept),
    )


def progress(read: PagesRead) -> pb.ReadingProgress:
    return pb.ReadingProgress(
        pages_read=read.pages_read, page_count=read.page_count, recognising=read.is_recognising
    )


def answer(event: str | StepsDone | Answered) -> pb.StreamAnswerResponse:
    """Write a piece of an answer, or its end."""
    if isinstance(event, str):
        return pb.StreamAnswerResponse(text_delta=event)
    if isinstance(event, StepsDone):
        steps = pb.AnswerProgress(steps_done=event.steps_done, step_count=event.step_count)
        return pb.StreamAnswerResponse(progress=steps)
    return pb.StreamAnswerResponse(
        completed=pb.AnswerCompleted(
            citations=[
                document_pb2.Citation(
                    document_id=each.document_id, page_number=each.page_number, passage=each.passage
                )
                for each in event.citations
            ],
            usage=_usage(event.usage),
            suggested_questions=event.suggested_questions,
            truncated=event.is_truncated,
            failed_over=event.failed_over,
        )
    )


def chunks(picture: bytes) -> Iterator[pb.RenderPageResponse]:
    """Cut a picture into pieces that fit into messages."""
    for begin in range(0, len(picture), CHUNK_BYTES):
        yield pb.RenderPageResponse(chunk=picture[begin : begin + CHUNK_BYTES])


def _timestamp(moment: datetime) -> Timestamp:
    written = Timestamp()
    written.FromDatetime(moment)
    return written


def _usage(used: Usage) -> WireUsage:
    return WireUsage(
        provider=used.provider,
        model=used.model,
        input_token_count=used.input_tokens,
        cached_input_token_count=used.cached_input_tokens,
        output_token_count=used.output_tokens,
        reasoning_token_count=used.reasoning_tokens,
        estimated=used.estimated,
        cost_micros=used.cost_micros,
    )
