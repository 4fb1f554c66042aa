from collections.abc import AsyncGenerator, Sequence
from typing import Final

import grpc
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.usage_pb2 import Usage as WireUsage
from quartet.text.v1 import text_service_pb2 as pb
from quartet.text.v1.text_service_pb2_grpc import TextServiceStub

from services.docs.embedder import Embedded, Purpose
from services.docs.writer import DigestKind, Inquiry, Material, Replied, Task, Usage

TASKS: Final = {
    Task.ANSWER: pb.TASK_ANSWER_FROM_PAGES,
    Task.SUMMARISE: pb.TASK_SUMMARISE_PAGES,
}
DIGEST_KINDS: Final = {
    DigestKind.NOTES: pb.DIGEST_KIND_NOTES,
    DigestKind.QUESTIONS: pb.DIGEST_KIND_QUESTIONS,
}
PURPOSES: Final = {
    Purpose.PASSAGE: pb.EMBEDDING_PURPOSE_PASSAGE,
    Purpose.QUESTION: pb.EMBEDDING_PURPOSE_QUESTION,
}
EMBEDDING_SECONDS: Final = 60.0
# What a caller means who asks nothing: vendors refuse empty words.
ABOUT: Final = {"ru": "О чём это?"}
ABOUT_IN_ENGLISH: Final = "What is this about?"


class TextClient:
    """The text service, as this service speaks to it. Methods raise QuartetError."""

    def __init__(self, channel: grpc.aio.Channel, *, digest_timeout_seconds: float) -> None:
        self._stub = TextServiceStub(channel)
        self._digest_timeout_seconds = digest_timeout_seconds

    async def reply(
        self, inquiry: Inquiry, task: Task, materials: Sequence[Material]
    ) -> AsyncGenerator[str | Replied]:
        """Yield the answer's deltas, then how it ended. Closing it cancels the vendor's stream."""
        call = self._stub.StreamReply(
            pb.StreamReplyRequest(
                caller=_caller(inquiry),
                turn_id=inquiry.turn_id,
                run_id=inquiry.run_id,
                conversation_id=inquiry.conversation_id,
                instruction=inquiry.question or _about(inquiry.language),
                materials=_materials(materials),
                model=inquiry.model,
                task=TASKS[task],
                run_kind=pb.RUN_KIND_CONTINUE if inquiry.goes_on else pb.RUN_KIND_ANSWER,
                role=pb.Role.ValueType(inquiry.style.role),
                wishes=inquiry.style.wishes,
                answer_length=pb.AnswerLength.ValueType(inquiry.style.answer_length),
                speaker_name=inquiry.style.speaker_name,
            )
        )
        try:
            async for response in call:
                if response.HasField("completed"):
                    yield _replied(response.completed)
                else:
                    yield response.text_delta
        finally:
            call.cancel()

    async def embed(self, texts: Sequence[str], purpose: Purpose, *, space: str = "") -> Embedded:
        """Return vectors, in one space where it is named."""
        request = pb.EmbedTextsRequest(texts=texts, purpose=PURPOSES[purpose], space=space)
        response = await self._stub.EmbedTexts(request, timeout=EMBEDDING_SECONDS)
        return Embedded(str(response.space), tuple(each.values for each in response.embeddings))

    async def digest(
        self, inquiry: Inquiry, kind: DigestKind, materials: Sequence[Material]
    ) -> tuple[str, Usage]:
        """Return what the model made of materials, and what that cost."""
        request = pb.DigestRequest(
            caller=_caller(inquiry),
            kind=DIGEST_KINDS[kind],
            materials=_materials(materials),
            model=inquiry.model,
        )
        response = await self._stub.Digest(request, timeout=self._digest_timeout_seconds)
        return str(response.text), _usage(response.usage)


def _about(language: str) -> str:
    return ABOUT.get(language.partition("-")[0].lower(), ABOUT_IN_ENGLISH)


def _caller(inquiry: Inquiry) -> Caller:
    return Caller(
        user_id=inquiry.user_id,
        chat_id=inquiry.chat_id,
        language_code=inquiry.language,
        user_key=inquiry.user_key,
    )


def _materials(materials: Sequence[Material]) -> list[pb.Material]:
    return [pb.Material(title=material.title, text=material.text) for material in materials]


def _replied(completed: pb.ReplyCompleted) -> Replied:
    return Replied(
        _usage(completed.usage),
        is_truncated=completed.finish_reason == pb.FINISH_REASON_LENGTH,
        failed_over=completed.failed_over,
    )


def _usage(used: WireUsage) -> Usage:
    return Usage(
        provider=used.provider,
        model=used.model,
        input_tokens=used.input_token_count,
        cached_input_tokens=used.cached_input_token_count,
        output_tokens=used.output_token_count,
        reasoning_tokens=used.reasoning_token_count,
        estimated=used.estimated,
        cost_micros=used.cost_micros if used.HasField("cost_micros") else None,
    )
