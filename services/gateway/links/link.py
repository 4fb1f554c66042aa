from dataclasses import dataclass
from enum import StrEnum

from services.gateway.dialogue import Speaker


class Form(StrEnum):
    """Which file of a video a link leads to."""

    DISPLAY = "display"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class Link:
    """A video that whoever holds the link may have, on behalf of its owner, until it expires."""

    job_id: str
    user_id: int
    chat_id: int
    form: Form
    expires_at: int
    """In Unix seconds."""

    @property
    def speaker(self) -> Speaker:
        return Speaker(self.user_id, self.chat_id, "")
