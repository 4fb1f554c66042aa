from dataclasses import dataclass

from services.gateway.lease import Tenure
from services.gateway.turns import TurnRecord
from services.gateway.wording import Language


@dataclass(eq=False)
class Turn:
    """One update in the hands of the speaker, and what has been recorded of its answer."""

    turn_id: str
    chat_id: int
    thread_id: int
    user_id: int
    language: Language
    is_private: bool
    reply_to_message_id: int | None
    draft_id: int
    received_at: float
    """Unix seconds."""
    tenure: Tenure
    record: TurnRecord | None = None
    revision: int = 0
    """Of the record in the log; 0: there is none."""
