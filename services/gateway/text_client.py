from collections.abc import AsyncGenerator
from datetime import UTC
from typing import Final

import grpc
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.media_pb2 import Media
from quartet.text.v1 import text_service_pb2 as pb
from quartet.text.v1.text_service_pb2_grpc import TextServiceStub

from services.gateway.dialogue import (
    Answered,
    Attachment,
    Finish,
    Memory,
    Question,
    Remembered,
    RememberedTurn,
    RunKind,
    Speaker,
)
from services.gateway.models import Health, Model, PriceClass, Strength
from services.gateway.people import AnswerLength, Role
from services.gateway.spending import spent

SPEAK_SECONDS: Final = 170.0
"""Two vendors may be asked, one after the other."""
EXPORT_SECONDS: Final = 60.0
NAME_SECONDS: Final = 30.0
IMPROVE_SECONDS: Final = 60.0


class TextClient:
    """The text service, as the gateway speaks to it. Raises QuartetError."""

    def __init__(self, channel: grpc.aio.Channel, *, timeout_seconds: float) -> None:
        self._stub = TextServiceStub(channel)
        self._timeout_seconds = timeout_seconds

    async def stream_reply(self, question: Question) -> AsyncGenerator[str | Answered, None]:
        """Yields the answer's deltas, then its end. Closing the iterator cancels the vendor's stream."""
        call = self._stub.StreamReply(_request(question), timeout=self._timeout_seconds)
        try:
            async for response in call:
                match response.WhichOneof("event"):
                    case "text_delta":
                        yield response.text_delta
                    case "completed":
                        yield _answered(response.completed)
        finally:
            call.cancel()

    async def models(self, speaker: Speaker) -> list[Model]:
        """The models to choose from, the default first."""
        response = await self._stub.ListModels(pb.ListModelsRequest(caller=_caller(speaker)))
        return [_model(model) for model in response.models]

    async def memory(self, conversation_id: str, speaker: Speaker) -> Memory:
        request = pb.GetConversationRequest(caller=_caller(speaker), conversation_id=conversation_id)
        response = await self._stub.GetConversation(request)
        return Memory(response.turn_count, response.token_count, response.summary)

    async def clear(self, conversation_id: str, speaker: Speaker) -> None:
        request = pb.ClearConversationRequest(caller=_caller(speaker), conversation_id=conversation_id)
        await self._stub.ClearConversation(request)

    async def remembered(self, chat: str, speaker: Speaker) -> AsyncGenerator[Remembered]:
        """Yields what is remembered of each conversation of a chat."""
        request = pb.ExportConversationsRequest(caller=_caller(speaker), conversation_id_prefix=chat)
        async for found in self._stub.ExportConversations(request, timeout=EXPORT_SECONDS):
            turns = tuple(map(_remembered_turn, found.turns))
            yield Remembered(found.conversation_id, found.summary, turns)

    async def forget_all(self, chat: str, speaker: Speaker) -> int:
        """Forgets every conversation of a chat."""
        request = pb.ForgetConversationsRequest(caller=_caller(speaker), conversation_id_prefix=chat)
        response = await self._stub.ForgetConversations(request, timeout=EXPORT_SECONDS)
        return int(response.conversation_count)

    async def move(self, from_conversation_id: str, to_conversation_id: str, speaker: Speaker) -> None:
        await self._stub.MoveConversation(
            pb.MoveConversationRequest(
                caller=_caller(speaker),
                from_conversation_id=from_conversation_id,
                to_conversation_id=to_conversation_id,
            )
        )

    async def name(self, conversation_id: str, speaker: Speaker) -> str:
        """A title of at most 64 characters; empty where nothing was said yet."""
        request = pb.NameConversationRequest(caller=_caller(speaker), conversation_id=conversation_id)
        response = await self._stub.NameConversation(request, timeout=NAME_SECONDS)
        return str(response.title)

    async def improve_image_prompt(self, prompt: str, speaker: Speaker) -> str:
        """A better description of a picture, in its own language: one paragraph of plain text."""
        request = pb.ImproveImagePromptRequest(caller=_caller(speaker), prompt=prompt)
        response = await self._stub.ImproveImagePrompt(request, timeout=IMPROVE_SECONDS)
        return str(response.prompt)

    async def transcribe(self, audio: Attachment, speaker: Speaker) -> str:
        """What is said in a voice message; empty where nothing is."""
        media = Media(mime_type=audio.mime_type, filename=audio.filename, content=audio.content)
        request = pb.TranscribeRequest(caller=_caller(speaker), audio=media)
        response = await self._stub.Transcribe(request, timeout=SPEAK_SECONDS)
        return str(response.text)

    async def speak(self, text: str, speaker: Speaker) -> Attachment:
        """The text as a voice message: Opus in Ogg."""
        request = pb.SpeakRequest(caller=_caller(speaker), text=text)
        response = await self._stub.Speak(request, timeout=SPEAK_SECONDS)
        return Attachment(response.audio.mime_type, response.audio.content, response.audio.filename)


def _remembered_turn(turn: pb.RememberedTurn) -> RememberedTurn:
    has_time = turn.HasField("ask_time")
    return RememberedTurn(
        question=turn.instruction,
        answer=turn.answer,
        asked_at=turn.ask_time.ToDatetime(UTC).isoformat(timespec="seconds") if has_time else "",
        materials=tuple(turn.material_titles),
        picture_count=turn.picture_count,
    )


def _caller(speaker: Speaker) -> Caller:
    return Caller(
        user_id=speaker.user_id,
        chat_id=speaker.chat_id,
        language_code=speaker.language_code,
        user_key=speaker.user_key,
        chat_key=speaker.chat_key,
        is_in_focus_group=speaker.is_in_focus_group,
    )


def _request(question: Question) -> pb.StreamReplyRequest:
    preferences = question.preferences
    return pb.StreamReplyRequest(
        caller=_caller(question.speaker),
        turn_id=question.turn_id,
        run_id=question.run_id,
        run_kind=_RUN_KINDS[question.run_kind],
        conversation_id=question.conversation_id,
        instruction=question.instruction,
        materials=[pb.Material(title=material.title, text=material.text) for material in question.materials],
        attachments=[
            Media(mime_type=attachment.mime_type, filename=attachment.filename, content=attachment.content)
            for attachment in question.attachments
        ],
        model=preferences.model,
        role=ROLES[preferences.role],
        wishes=preferences.wishes,
        answer_length=ANSWER_LENGTHS[preferences.answer_length],
        speaker_name=question.speaker_name,
    )


def _answered(completed: pb.ReplyCompleted) -> Answered:
    is_cut = completed.finish_reason == pb.FINISH_REASON_LENGTH
    finish = Finish.TOO_LONG if is_cut else Finish.COMPLETE
    return Answered(finish, completed.usage.model, completed.failed_over, spent(completed.usage))


def _model(model: pb.Model) -> Model:
    return Model(
        model_id=model.model_id,
        display_name=model.display_name,
        provider=model.provider,
        strength=_STRENGTHS.get(model.strength, Strength.EVERYDAY),
        price_class=_PRICE_CLASSES.get(model.price_class),
        health=_HEALTHS.get(model.health, Health.AVAILABLE),
        shutdown_date=model.shutdown_date,
        sees_images=model.sees_images,
        input_price_usd=model.input_price_usd,
        output_price_usd=model.output_price_usd,
        context_tokens=model.context_token_count,
    )


_RUN_KINDS: Final = {
    RunKind.ANSWER: pb.RUN_KIND_ANSWER,
    RunKind.REGENERATE: pb.RUN_KIND_REGENERATE,
    RunKind.CONTINUE: pb.RUN_KIND_CONTINUE,
}
ROLES: Final = {role: pb.Role.Value(f"ROLE_{role.name}") for role in Role}
ANSWER_LENGTHS: Final = {
    length: pb.AnswerLength.Value(f"ANSWER_LENGTH_{length.name}") for length in AnswerLength
}
_STRENGTHS: Final = {pb.ModelStrength.Value(f"MODEL_STRENGTH_{kind.name}"): kind for kind in Strength}
_PRICE_CLASSES: Final = {pb.PriceClass.Value(f"PRICE_CLASS_{kind.name}"): kind for kind in PriceClass}
_HEALTHS: Final = {pb.ModelHealth.Value(f"MODEL_HEALTH_{kind.name}"): kind for kind in Health}
