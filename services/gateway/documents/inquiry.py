from dataclasses import dataclass

from services.gateway.dialogue import Speaker
from services.gateway.documents.sources import Sources


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
    model: str = ""
    goes_on: bool = False
    """Whether the question's answer is gone on with, where it ended."""
