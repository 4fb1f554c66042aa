from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Final, Self

from services.text.attempt import Attempt
from services.text.conversation import Conversation, Turn
from services.text.framing import NO_PICTURES, Recalled, messages
from services.text.prompts import system_prompt
from services.text.providers.base import TextRequest
from services.text.roles import LENGTH_SHARES
from services.text.room import Room
from services.text.settings import TextSettings

# How far a conversation may outgrow its room while its summary is still being written.
UNSUMMARISED: Final = 1.5


@dataclass(frozen=True)
class Manner:
    """How the operator wants questions answered. `room`: how much of a conversation goes along.

    `focus_prompt` takes the place of the system prompt for the focus group, unless it is empty.
    """

    system_prompt: str
    max_output_tokens: int
    room: Room
    focus_prompt: str = ""

    @classmethod
    def of(cls, settings: TextSettings) -> Self:
        room = Room(settings.text_history_tokens, settings.text_history_bytes).times(UNSUMMARISED)
        return cls(
            settings.text_system_prompt,
            settings.text_max_output_tokens,
            room,
            settings.text_focus_system_prompt,
        )

    def history(self, attempt: Attempt, conversation: Conversation) -> Sequence[Turn]:
        """Return the turns that go along with an attempt."""
        return self.room.newest(conversation.before(attempt.question.turn_id))

    def request(
        self,
        attempt: Attempt,
        conversation: Conversation,
        recalled: Recalled = NO_PICTURES,
    ) -> TextRequest:
        """Return what a vendor is asked in an attempt at a turn of the conversation."""
        question = attempt.question
        share = LENGTH_SHARES[question.style.answer_length]
        base = (question.is_in_focus_group and self.focus_prompt) or self.system_prompt
        today = datetime.now(UTC).date()
        return TextRequest(
            model=question.model,
            instructions=system_prompt(base, question.style, today=today),
            messages=messages(
                self.history(attempt, conversation),
                attempt.seeing(recalled).saying,
                summary=conversation.summary,
                answer=attempt.kept_answer,
                recalled=recalled,
            ),
            max_output_tokens=max(round(self.max_output_tokens * share), 1),
            caller_key=pseudonym(str(question.user_id)),
            cache_key=pseudonym(question.conversation_id),
        )


def pseudonym(identifier: str) -> str:
    """Hide who it is from the vendor, which only needs to tell callers apart."""
    return blake2s(identifier.encode(), digest_size=16, person=b"quartet").hexdigest()
