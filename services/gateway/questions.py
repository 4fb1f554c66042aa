from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import Attachment, Material, Question, RunKind, Speaker
from services.gateway.updates import Origin, conversation_id_of

RUN_KINDS = {
    Purpose.ANSWER: RunKind.ANSWER,
    Purpose.EDIT: RunKind.ANSWER,
    Purpose.RETRY: RunKind.ANSWER,
    Purpose.REGENERATE: RunKind.REGENERATE,
    Purpose.CONTINUE: RunKind.CONTINUE,
}


def conversation_of(turn: Turn, bot_id: int) -> str:
    """The conversation that a turn belongs to: that of its chat and thread."""
    return conversation_id_of(bot_id, Origin("", turn.chat_id, turn.thread_id, turn.user_id))


def speaker_of(turn: Turn) -> Speaker:
    return Speaker(
        turn.user_id,
        turn.chat_id,
        turn.language.value,
        turn.user_key,
        turn.chat_key,
        is_in_focus_group=turn.is_in_focus_group,
    )


def question_of(
    turn: Turn,
    bot_id: int,
    instruction: str = "",
    *,
    materials: tuple[Material, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    speaker_name: str = "",
) -> Question:
    """What the text service is asked on behalf of a turn, in the manner that its chat prefers."""
    return Question(
        turn_id=turn.question_id,
        run_id=turn.turn_id,
        run_kind=RUN_KINDS[turn.purpose],
        conversation_id=conversation_of(turn, bot_id),
        speaker=speaker_of(turn),
        instruction=instruction,
        materials=materials,
        attachments=attachments,
        preferences=turn.preferences,
        speaker_name=speaker_name,
    )
