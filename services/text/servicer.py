from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import grpc
from quartet.common.v1.caller_pb2 import Caller
from quartet.text.v1 import text_service_pb2 as pb
from quartet.text.v1.text_service_pb2_grpc import TextServiceServicer, add_TextServiceServicer_to_server

from services.chassis.errors import InvalidRequest, Violation
from services.chassis.server import Registration
from services.text import wire
from services.text.catalogue import Catalogue
from services.text.errands import Errands
from services.text.listing import listing
from services.text.question import Limits, require_identifiers
from services.text.replies import Replies
from services.text.runs import Answered
from services.text.store import ConversationStore
from services.text.voice import Voice

Context = grpc.aio.ServicerContext[Any, Any]


class TextServicer(TextServiceServicer):
    """quartet.text.v1.TextService, in terms of the domain."""

    def __init__(
        self,
        replies: Replies,
        catalogue: Catalogue,
        store: ConversationStore,
        errands: Errands,
        voice: Voice,
        limits: Limits,
    ) -> None:
        self._replies = replies
        self._catalogue = catalogue
        self._store = store
        self._errands = errands
        self._voice = voice
        self._limits = limits

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["TextService"].full_name
        return Registration(add_TextServiceServicer_to_server, self, name)

    async def StreamReply(  # noqa: N802 - the contract's name
        self, request: pb.StreamReplyRequest, _context: Context
    ) -> AsyncGenerator[pb.StreamReplyResponse]:
        question = wire.question(request, self._model(request.caller, request.model))
        self._limits.check(question)
        async with aclosing(self._replies.stream(question)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    yield pb.StreamReplyResponse(completed=wire.completed(event))
                else:
                    yield pb.StreamReplyResponse(text_delta=event)

    async def ListModels(  # noqa: N802 - the contract's name
        self, request: pb.ListModelsRequest, _context: Context
    ) -> pb.ListModelsResponse:
        return listing(await self._catalogue.list(is_in_focus_group=request.caller.is_in_focus_group))

    async def ClearConversation(  # noqa: N802 - the contract's name
        self, request: pb.ClearConversationRequest, _context: Context
    ) -> pb.ClearConversationResponse:
        require_identifiers(conversation_id=request.conversation_id)
        await self._replies.forget(request.conversation_id)
        return pb.ClearConversationResponse()

    async def GetConversation(  # noqa: N802 - the contract's name
        self, request: pb.GetConversationRequest, _context: Context
    ) -> pb.GetConversationResponse:
        require_identifiers(conversation_id=request.conversation_id)
        return wire.remembered(await self._store.load(request.conversation_id))

    async def ExportConversations(  # noqa: N802 - the contract's name
        self, request: pb.ExportConversationsRequest, _context: Context
    ) -> AsyncGenerator[pb.ExportConversationsResponse]:
        require_identifiers(conversation_id_prefix=request.conversation_id_prefix)
        for conversation_id, conversation in await self._store.below(request.conversation_id_prefix):
            if not conversation.is_empty:
                yield wire.exported(conversation_id, conversation)

    async def ForgetConversations(  # noqa: N802 - the contract's name
        self, request: pb.ForgetConversationsRequest, _context: Context
    ) -> pb.ForgetConversationsResponse:
        require_identifiers(conversation_id_prefix=request.conversation_id_prefix)
        count = await self._replies.forget_all(request.conversation_id_prefix)
        return pb.ForgetConversationsResponse(conversation_count=count)

    async def MoveConversation(  # noqa: N802 - the contract's name
        self, request: pb.MoveConversationRequest, _context: Context
    ) -> pb.MoveConversationResponse:
        from_id, to_id = request.from_conversation_id, request.to_conversation_id
        require_identifiers(from_conversation_id=from_id, to_conversation_id=to_id)
        if from_id == to_id:
            raise InvalidRequest(violations=[Violation("to_conversation_id", "is where it is already")])
        await self._store.move(from_id, to_id)
        return pb.MoveConversationResponse()

    async def NameConversation(  # noqa: N802 - the contract's name
        self, request: pb.NameConversationRequest, _context: Context
    ) -> pb.NameConversationResponse:
        require_identifiers(conversation_id=request.conversation_id)
        return pb.NameConversationResponse(title=await self._errands.titles.name(request.conversation_id))

    async def Digest(  # noqa: N802 - the contract's name
        self, request: pb.DigestRequest, _context: Context
    ) -> pb.DigestResponse:
        text, used = await self._errands.digests.digest(
            wire.digest_kind(request),
            wire.materials(request.materials),
            model=self._model(request.caller, request.model),
            user_id=request.caller.user_id,
            language=request.caller.language_code,
            user_key=request.caller.user_key,
        )
        return pb.DigestResponse(text=text, usage=wire.usage(used))

    async def EmbedTexts(  # noqa: N802 - the contract's name
        self, request: pb.EmbedTextsRequest, _context: Context
    ) -> pb.EmbedTextsResponse:
        purpose = wire.purpose(request)
        embedded = await self._errands.embeddings.embed(request.texts, purpose, space=request.space)
        return wire.embeddings(*embedded)

    async def ImproveImagePrompt(  # noqa: N802 - the contract's name
        self, request: pb.ImproveImagePromptRequest, _context: Context
    ) -> pb.ImproveImagePromptResponse:
        caller = request.caller
        prompt, used = await self._errands.image_prompts.improve(
            request.prompt, user_id=caller.user_id, user_key=caller.user_key
        )
        return pb.ImproveImagePromptResponse(prompt=prompt, usage=wire.usage(used))

    async def Transcribe(  # noqa: N802 - the contract's name
        self, request: pb.TranscribeRequest, _context: Context
    ) -> pb.TranscribeResponse:
        heard = await self._voice.transcribe(request.audio.content, user_key=request.caller.user_key)
        return pb.TranscribeResponse(text=heard.text, usage=wire.usage(heard.usage))

    async def Speak(  # noqa: N802 - the contract's name
        self, request: pb.SpeakRequest, _context: Context
    ) -> pb.SpeakResponse:
        return wire.spoken(await self._voice.speak(request.text, user_key=request.caller.user_key))

    def _model(self, caller: Caller, chosen: str) -> str:
        return self._catalogue.choose(chosen, is_in_focus_group=caller.is_in_focus_group)
