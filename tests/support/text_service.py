import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.media_pb2 import Media
from quartet.text.v1 import text_service_pb2 as pb
from quartet.text.v1.text_service_pb2_grpc import TextServiceStub

from services.chassis.client import channel
from services.chassis.settings import Environment
from services.text.__main__ import main
from services.text.settings import TextSettings
from tests.support.openai import OpenAIStandIn
from tests.support.ports import free_port

PATIENCE_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.05


@dataclass
class Reply:
    """What a caller got of one StreamReply."""

    deltas: list[str]
    completed: pb.ReplyCompleted | None

    @property
    def text(self) -> str:
        return "".join(self.deltas)


class TextCaller:
    """A client of the text service, as the gateway is one."""

    def __init__(self, stub: Any, settings: TextSettings) -> None:
        self._stub = stub
        self.settings = settings

    async def ask(self, turn_id: str, instruction: str = "Hello", **fields: Any) -> Reply:
        return await self.hear(self.call(turn_id, instruction, **fields))

    async def hear(self, call: Any) -> Reply:
        """Read what is left of a call."""
        reply = Reply([], None)
        async for response in call:
            if response.HasField("completed"):
                reply.completed = response.completed
            else:
                reply.deltas.append(response.text_delta)
        return reply

    def call(self, turn_id: str, instruction: str = "Hello", **fields: Any) -> Any:
        """Begin a StreamReply and return the call."""
        fields.setdefault("conversation_id", "chat-1")
        fields.setdefault("caller", Caller(user_id=1, chat_id=1, language_code="en"))
        return self._stub.StreamReply(
            pb.StreamReplyRequest(turn_id=turn_id, instruction=instruction, **fields)
        )

    async def clear(self, conversation_id: str) -> None:
        await self._stub.ClearConversation(pb.ClearConversationRequest(conversation_id=conversation_id))

    async def exported(self, prefix: str) -> list[pb.ExportConversationsResponse]:
        call = self._stub.ExportConversations(pb.ExportConversationsRequest(conversation_id_prefix=prefix))
        return [each async for each in call]

    async def forget_all(self, prefix: str) -> int:
        request = pb.ForgetConversationsRequest(conversation_id_prefix=prefix)
        return int((await self._stub.ForgetConversations(request)).conversation_count)

    async def move(self, from_id: str, to_id: str) -> None:
        await self._stub.MoveConversation(
            pb.MoveConversationRequest(from_conversation_id=from_id, to_conversation_id=to_id)
        )

    async def conversation(self, conversation_id: str) -> pb.GetConversationResponse:
        found = await self._stub.GetConversation(pb.GetConversationRequest(conversation_id=conversation_id))
        assert isinstance(found, pb.GetConversationResponse)
        return found

    async def title(self, conversation_id: str) -> str:
        request = pb.NameConversationRequest(conversation_id=conversation_id)
        return str((await self._stub.NameConversation(request)).title)

    async def digest(self, kind: pb.DigestKind.ValueType, *texts: str) -> pb.DigestResponse:
        materials = [pb.Material(title=f"[{page}]", text=text) for page, text in enumerate(texts, start=1)]
        caller = Caller(user_id=1, chat_id=1, language_code="ru")
        request = pb.DigestRequest(caller=caller, kind=kind, materials=materials)
        digest = await self._stub.Digest(request)
        assert isinstance(digest, pb.DigestResponse)
        return digest

    async def embed(self, *texts: str, **fields: Any) -> pb.EmbedTextsResponse:
        embedded = await self._stub.EmbedTexts(pb.EmbedTextsRequest(texts=texts, **fields))
        assert isinstance(embedded, pb.EmbedTextsResponse)
        return embedded

    async def improve(self, prompt: str) -> str:
        caller = Caller(user_id=1, chat_id=1, language_code="ru")
        request = pb.ImproveImagePromptRequest(caller=caller, prompt=prompt)
        return str((await self._stub.ImproveImagePrompt(request)).prompt)

    async def transcribe(self, content: bytes) -> pb.TranscribeResponse:
        request = pb.TranscribeRequest(audio=Media(mime_type="audio/ogg", content=content))
        heard = await self._stub.Transcribe(request)
        assert isinstance(heard, pb.TranscribeResponse)
        return heard

    async def speak(self, text: str) -> pb.SpeakResponse:
        spoken = await self._stub.Speak(pb.SpeakRequest(text=text))
        assert isinstance(spoken, pb.SpeakResponse)
        return spoken

    async def models(self) -> list[pb.Model]:
        listed = await self._stub.ListModels(pb.ListModelsRequest(), wait_for_ready=True)
        return list(listed.models)

    async def until_ready(self) -> None:
        url = f"http://127.0.0.1:{self.settings.metrics_port}/readyz"
        async with asyncio.timeout(PATIENCE_SECONDS), aiohttp.ClientSession() as session:
            while True:
                async with session.get(url) as response:
                    if response.ok:
                        return
                await asyncio.sleep(POLL_SECONDS)

    async def metrics(self) -> str:
        url = f"http://127.0.0.1:{self.settings.metrics_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()


@asynccontextmanager
async def text_service(nats_url: str, vendor: OpenAIStandIn, **settings: Any) -> AsyncIterator[TextCaller]:
    """Run the whole service on this loop, composed as in production, and connect to it."""
    settings = {"openai_first_token_timeout_seconds": 3.0, "text_store_timeout_seconds": 3.0, **settings}
    chosen = TextSettings(
        environment=Environment.TEST,
        nats_url=nats_url,
        grpc_port=free_port(),
        metrics_port=free_port(),
        grace_seconds=1.0,
        openai_base_url=vendor.base_url,
        **settings,
    )
    stop = asyncio.Event()
    service = asyncio.create_task(main(chosen, stop))
    try:
        async with channel(f"ipv4:127.0.0.1:{chosen.grpc_port}") as opened:
            caller = TextCaller(TextServiceStub(opened), chosen)
            await caller.models()
            yield caller
    finally:
        stop.set()
        await service
