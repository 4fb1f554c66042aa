from dataclasses import dataclass, field

from services.gateway.dialogue import Speaker
from services.gateway.documents.sources import Sources
from services.gateway.people import Preferences


@dataclass(frozen=True)
class Inquiry:
    """One run of one question about documents, as the document service gets it."""

    turn_id: str
    run_id: str
    conversation_id: str
    speaker: Speaker
    sources: Sources
    question: str = ""
    """A summary is wanted where it is empty."""
    preferences: Preferences = field(default_factory=Preferences)
    speaker_name: str = ""
    """Set where several people share the conversation."""
    goes_on: bool = False
    """Whether the question's answer is gone on with, where it ended."""
