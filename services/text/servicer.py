from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

import grpc
from quartet.common.v1.media_pb2 import Media
from quartet.common.v1.usage_pb2 import Usage as WireUsage
from quartet.text.v1 import text_service_pb2 as pb
from quartet.text.v1.text_service_pb2_grpc import TextServiceServicer, add_TextServiceServicer_to_server

from services.chassis.errors import InvalidRequest
from services.chassis.server import Registration
from services.text.catalogue import Catalogue
from services.text.conversation import Finish, Material, Usage
from services.text.providers.base import Image
from services.text.question import Limits, Question, identifier_violations
from services.text.replies import Replies
from services.text.runs import Answered
from services.text.store import ConversationStore

FINISH_REASONS: Final = {
    Finish.STOP: pb.FINISH_REASON_STOP,
    Finish.LENGTH: pb.FINISH_REASON_LENGTH,
}
Context = grpc.aio.ServicerContext[Any, Any]


class TextServicer(TextServiceServicer):
    """quartet.text.v1.TextService, in terms of the domain."""

    def __init__(
        self, replies: Replies, catalogue: Catalogue, store: ConversationStore, limits: Limits
    ) -> None:
        self._replies = replies
        self._catalogue = catalogue
        self._store = store
        self._limits = limits

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["TextService"].full_name
        return Registration(add_TextServiceServicer_to_server, self, name)

    async def StreamReply(  # noqa: N802 - the contract's name
        self, request: pb.StreamReplyRequest, _context: Context
    ) -> AsyncGenerator[pb.StreamReplyResponse]:
        question = _question(request, self._catalogue.choose(request.model))
        self._limits.check(question)
        async with aclosing(self._replies.stream(question)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    yield pb.StreamReplyResponse(completed=_completed(event))
                else:
                    yield pb.StreamReplyResponse(text_delta=event)

    async def ListModels(  # noqa: N802 - the contract's name
        self, _request: pb.ListModelsRequest, _context: Context
    ) -> pb.ListModelsResponse:
        models = [
            pb.Model(model_id=model.model_id, display_name=model.display_name, provider=model.provider)
            for model in await self._catalogue.list()
        ]
        return pb.ListModelsResponse(models=models)

    async def ClearConversation(  # noqa: N802 - the contract's name
        self, request: pb.ClearConversationRequest, _context: Context
    ) -> pb.ClearConversationResponse:
        violations = list(identifier_violations("conversation_id", request.conversation_id))
        if violations:
            raise InvalidRequest(violations=violations)
        await self._store.clear(request.conversation_id)
        return pb.ClearConversationResponse()


def _question(request: pb.StreamReplyRequest, model: str) -> Question:
    return Question(
        turn_id=request.turn_id,
        conversation_id=request.conversation_id,
        instruction=request.instruction,
        materials=tuple(Material(material.title, material.text) for material in request.materials),
        images=tuple(map(_image, request.attachments)),
        model=model,
        user_id=request.caller.user_id,
        language_code=request.caller.language_code,
    )


def _image(media: Media) -> Image:
    return Image(media.mime_type, media.content)


def _completed(answered: Answered) -> pb.ReplyCompleted:
    return pb.ReplyCompleted(
        finish_reason=FINISH_REASONS.get(answered.finish, pb.FINISH_REASON_UNSPECIFIED),
        usage=_usage(answered.usage),
        replayed=answered.is_replayed,
        wasted_run_count=answered.wasted_runs,
    )


def _usage(usage: Usage) -> WireUsage:
    return WireUsage(
        provider=usage.provider,
        model=usage.model,
        input_token_count=usage.input_tokens,
        cached_input_token_count=usage.cached_input_tokens,
        output_token_count=usage.output_tokens,
        reasoning_token_count=usage.reasoning_tokens,
        estimated=usage.estimated,
    )
