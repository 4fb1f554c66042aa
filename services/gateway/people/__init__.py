"""What the bot knows of a chat and its people: how they wish to be answered."""

from services.gateway.people.open_documents import MAX_OPEN
from services.gateway.people.people import People
from services.gateway.people.preferences import (
    AWAITING_SECONDS,
    AnswerLength,
    Awaited,
    Awaiting,
    Preferences,
    Role,
    VoiceAnswers,
)

__all__ = [
    "AWAITING_SECONDS",
    "MAX_OPEN",
    "AnswerLength",
    "Awaited",
    "Awaiting",
    "People",
    "Preferences",
    "Role",
    "VoiceAnswers",
]
