from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Final, Self

from services.text.attempt import Attempt
from services.text.conversation import Conversation
from services.text.framing import messages
from services.text.prompts import system_prompt
from services.text.providers.base import TextRequest
from services.text.roles import LENGTH_SHARES
from services.text.room import Room
from services.text.settings import TextSettings

# How far a conversation may outgrow its room while its summary is still being written.
UNSUMMARISED: Final = 1.5


@dataclass(frozen=True)
class Manner:
    """How the operator wants questions answered. `room`: how much of a conversation goes along."""

    system_prompt: str
    max_output_tokens: int
    room: Room

    @classmethod
    def of(cls, settings: TextSettings) -> Self:
        room = Room(settings.text_history_tokens, settings.text_history_bytes).times(UNSUMMARISED)
        return cls(settings.text_system_prompt, settings.text_max_output_tokens, room)

    def request(self, attempt: Attempt, conversation: Conversation) -> TextRequest:
        """Return what a vendor is asked in an attempt at a turn of the conversation."""
        question = attempt.question
        share = LENGTH_SHARES[question.style.answer_length]
        today = datetime.now(UTC).date()
        return TextRequest(
            model=question.model,
            instructions=system_prompt(self.system_prompt, question.style, today=today),
            messages=messages(
                self.room.newest(conversation.before(question.turn_id)),
                attempt.saying,
                summary=conversation.summary,
                answer=attempt.kept_answer,
            ),
            max_output_tokens=max(round(self.max_output_tokens * share), 1),
            caller_key=pseudonym(str(question.user_id)),
            cache_key=pseudonym(question.conversation_id),
        )


def pseudonym(identifier: str) -> str:
    """Hide who it is from the vendor, which only needs to tell callers apart."""
    return blake2s(identifier.encode(), digest_size=16, person=b"quartet").hexdigest()
