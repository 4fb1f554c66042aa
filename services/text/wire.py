from collections.abc import Iterable
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from quartet.common.v1.media_pb2 import Media
from quartet.common.v1.usage_pb2 import Usage as WireUsage
from quartet.text.v1 import text_service_pb2 as pb

from services.text.conversation import Conversation, Finish, Material, Turn, Usage
from services.text.digests import DigestKind
from services.text.prices import cost_micros
from services.text.prompts import Style
from services.text.providers.base import Image
from services.text.providers.embedding import Embedded, Purpose
from services.text.question import Question, RunKind
from services.text.roles import AnswerLength, Role
from services.text.runs import Answered
from services.text.tasks import Task
from services.text.voice import Spoken

VOICE_FILENAME: Final = "voice.ogg"
FINISH_REASONS: Final = {
    Finish.STOP: pb.FINISH_REASON_STOP,
    Finish.LENGTH: pb.FINISH_REASON_LENGTH,
}
# What is not named, also because this process is older than its caller, is the usual.
RUN_KINDS: Final = {
    pb.RUN_KIND_REGENERATE: RunKind.REGENERATE,
    pb.RUN_KIND_CONTINUE: RunKind.CONTINUE,
}
TASKS: Final = {
    pb.TASK_ANSWER_FROM_PAGES: Task.ANSWER_FROM_PAGES,
    pb.TASK_SUMMARISE_PAGES: Task.SUMMARISE_PAGES,
}
ROLES: Final = {
    pb.ROLE_EDITOR: Role.EDITOR,
    pb.ROLE_TRANSLATOR: Role.TRANSLATOR,
    pb.ROLE_TEACHER: Role.TEACHER,
    pb.ROLE_PROGRAMMER: Role.PROGRAMMER,
    pb.ROLE_BRAINSTORMER: Role.BRAINSTORMER,
    pb.ROLE_LANGUAGE_PARTNER: Role.LANGUAGE_PARTNER,
}
ANSWER_LENGTHS: Final = {
    pb.ANSWER_LENGTH_SHORT: AnswerLength.SHORT,
    pb.ANSWER_LENGTH_DETAILED: AnswerLength.DETAILED,
}


def question(request: pb.StreamReplyRequest, model: str) -> Question:
    """Read what is asked. `model` is what the catalogue made of the request's."""
    return Question(
        turn_id=request.turn_id,
        conversation_id=request.conversation_id,
        instruction=request.instruction,
        run_id=request.run_id,
        run_kind=RUN_KINDS.get(request.run_kind, RunKind.ANSWER),
        materials=materials(request.materials),
        images=tuple(map(_image, request.attachments)),
        model=model,
        style=Style(
            task=TASKS.get(request.task, Task.CONVERSE),
            role=ROLES.get(request.role, Role.ASSISTANT),
            answer_length=ANSWER_LENGTHS.get(request.answer_length, AnswerLength.NORMAL),
            wishes=request.wishes,
            language_code=request.caller.language_code,
        ),
        speaker=request.speaker_name,
        user_id=request.caller.user_id,
        user_key=request.caller.user_key,
        is_in_focus_group=request.caller.is_in_focus_group,
    )


def materials(brought: Iterable[pb.Material]) -> tuple[Material, ...]:
    """Read what comes along as data."""
    return tuple(Material(material.title, material.text) for material in brought)


def digest_kind(request: pb.DigestRequest) -> DigestKind:
    """Read what is to be made of materials."""
    return DigestKind.QUESTIONS if request.kind == pb.DIGEST_KIND_QUESTIONS else DigestKind.NOTES


def purpose(request: pb.EmbedTextsRequest) -> Purpose:
    """Read what texts are embedded as."""
    is_question = request.purpose == pb.EMBEDDING_PURPOSE_QUESTION
    return Purpose.QUESTION if is_question else Purpose.PASSAGE


def embeddings(space: str, embedded: Embedded) -> pb.EmbedTextsResponse:
    """Write vectors, and whose they are."""
    vectors = [pb.Embedding(values=vector) for vector in embedded.vectors]
    return pb.EmbedTextsResponse(embeddings=vectors, space=space, usage=usage(embedded.usage))


def completed(answered: Answered) -> pb.ReplyCompleted:
    """Write how an answer ended."""
    return pb.ReplyCompleted(
        finish_reason=FINISH_REASONS.get(answered.finish, pb.FINISH_REASON_UNSPECIFIED),
        usage=usage(answered.usage),
        replayed=answered.is_replayed,
        wasted_run_count=answered.wasted_runs,
        failed_over=answered.failed_over,
    )


def usage(used: Usage) -> WireUsage:
    """Write what an answer cost."""
    return WireUsage(
        provider=used.provider,
        model=used.model,
        input_token_count=used.input_tokens,
        cached_input_token_count=used.cached_input_tokens,
        output_token_count=used.output_tokens,
        reasoning_token_count=used.reasoning_tokens,
        estimated=used.estimated,
        cost_micros=cost_micros(used),
    )


def spoken(voice: Spoken) -> pb.SpeakResponse:
    """Write a text read aloud; even the shortest lasts a second."""
    sound = voice.sound
    return pb.SpeakResponse(
        audio=Media(mime_type=sound.mime_type, filename=VOICE_FILENAME, content=sound.content),
        duration_seconds=max(1, round(sound.seconds)),
        usage=usage(voice.usage),
    )


def remembered(conversation: Conversation) -> pb.GetConversationResponse:
    """Write how much is remembered."""
    return pb.GetConversationResponse(
        turn_count=len(conversation.turns), token_count=conversation.tokens, summary=conversation.summary
    )


def exported(conversation_id: str, conversation: Conversation) -> pb.ExportConversationsResponse:
    """Write all that is remembered, for whom it is of."""
    return pb.ExportConversationsResponse(
        conversation_id=conversation_id,
        summary=conversation.summary,
        turns=map(_exported_turn, conversation.turns),
    )


def _exported_turn(turn: Turn) -> pb.RememberedTurn:
    asked = Timestamp()
    asked.FromMilliseconds(turn.asked_at_ms)
    return pb.RememberedTurn(
        instruction=turn.instruction,
        answer=turn.answer,
        ask_time=asked if turn.asked_at_ms else None,
        material_titles=[material.title for material in turn.materials],
        picture_count=len(turn.pictures),
    )


def _image(media: Media) -> Image:
    return Image(media.mime_type, media.content)
