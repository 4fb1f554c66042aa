from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import Enum, auto

import grpc
from quartet.common.v1.caller_pb2 import Caller
from quartet.text.v1 import text_service_pb2 as pb
from quartet.text.v1.text_service_pb2_grpc import TextServiceStub


@dataclass(frozen=True)
class Question:
    """One turn as the text service gets it."""

    turn_id: str
    conversation_id: str
    user_id: int
    chat_id: int
    language_code: str
    instruction: str
    materials: tuple[tuple[str, str], ...] = ()
    """Title and text of what the instruction speaks about."""


class End(Enum):
    """How an answer ended."""

    COMPLETE = auto()
    TOO_LONG = auto()
    STOPPED = auto()
    INTERRUPTED = auto()


class TextClient:
    """The text service, as the gateway speaks to it. Raises QuartetError."""

    def __init__(self, channel: grpc.aio.Channel, *, timeout_seconds: float) -> None:
        self._stub = TextServiceStub(channel)
        self._timeout_seconds = timeout_seconds

    async def stream_reply(self, question: Question) -> AsyncGenerator[str | End, None]:
        """Yields the answer's deltas, then its end. Closing the iterator cancels the vendor's stream."""
        call = self._stub.StreamReply(_request(question), timeout=self._timeout_seconds)
        try:
            async for response in call:
                match response.WhichOneof("event"):
                    case "text_delta":
                        yield response.text_delta
                    case "completed":
                        is_cut = response.completed.finish_reason == pb.FINISH_REASON_LENGTH
                        yield End.TOO_LONG if is_cut else End.COMPLETE
        finally:
            call.cancel()

    async def clear(self, conversation_id: str, *, user_id: int, chat_id: int) -> None:
        caller = Caller(user_id=user_id, chat_id=chat_id)
        await self._stub.ClearConversation(
            pb.ClearConversationRequest(caller=caller, conversation_id=conversation_id)
        )


def _request(question: Question) -> pb.StreamReplyRequest:
    return pb.StreamReplyRequest(
        caller=Caller(
            user_id=question.user_id, chat_id=question.chat_id, language_code=question.language_code
        ),
        turn_id=question.turn_id,
        conversation_id=question.conversation_id,
        instruction=question.instruction,
        materials=[pb.Material(title=title, text=text) for title, text in question.materials],
    )
