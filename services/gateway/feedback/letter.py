import hashlib
from enum import StrEnum
from typing import Final

import regex
from pydantic import BaseModel, ConfigDict

from services.gateway.wording import Language

MAX_NOTES: Final = 5
DIGEST_CHARACTERS: Final = 16
NOTE: Final = regex.compile(r"\d+\.(-?\d+)\.(\d+)\..+")
"""A turn that a message began: the bot, the chat, the message."""


class Reason(StrEnum):
    """What was wrong with an answer, in a press."""

    WRONG = "wrong"
    MISSED = "missed"
    """It is not what was asked."""
    LENGTH = "length"
    """Too long, or too short."""
    SLOW = "slow"


class State(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Reply(BaseModel):
    """What an operator has answered."""

    model_config = ConfigDict(frozen=True)

    text: str
    actor_id: int
    written_at: float


class Letter(BaseModel):
    """What a person says of one answer, or of the bot. Times are Unix seconds."""

    model_config = ConfigDict(frozen=True)

    user_id: int
    chat_id: int
    language: Language
    written_at: float
    thumb: int = 0
    """1 for a thumb up, -1 for one down."""
    reason: Reason | None = None
    notes: dict[str, str] = {}
    """Their own words, by the message that brought them: what is written twice stands once."""
    service: str = ""
    command: str = ""
    provider: str = ""
    model: str = ""
    asked_by: str = ""
    """The turn that asked what was wrong."""
    state: State = State.OPEN
    replies: tuple[Reply, ...] = ()

    @property
    def text(self) -> str:
        return "\n\n".join(self.notes.values())

    @property
    def message_id(self) -> int:
        """The message that brought the latest words to the letter's chat; zero where none did."""
        found = [NOTE.fullmatch(turn_id) for turn_id in self.notes]
        here = [int(one[2]) for one in found if one is not None and int(one[1]) == self.chat_id]
        return here[-1] if here else 0

    @property
    def says_something(self) -> bool:
        """Whether there is more to it than a thumb."""
        return bool(self.notes) or self.reason is not None

    def with_note(self, turn_id: str, words: str) -> "Letter":
        """What is said anew opens it again."""
        if self.notes.get(turn_id) == words:
            return self
        others = {known: text for known, text in self.notes.items() if known != turn_id}
        notes = dict([*others.items(), (turn_id, words)][-MAX_NOTES:])
        return self.model_copy(update={"notes": notes, "state": State.OPEN})


def letter_id(user_id: int, about: str) -> str:
    """Name the letter of a person about a turn: the same however often it is written."""
    return f"{user_id}-{digest_of(about)}"


def reply_delivery_id(letter_id: str, text: str) -> str:
    """Name the delivery of a reply: the same however often it is sent."""
    return f"reply-{digest_of(letter_id)}-{digest_of(text)}"


def digest_of(about: str) -> str:
    return hashlib.sha256(about.encode()).hexdigest()[:DIGEST_CHARACTERS]
