from pydantic import BaseModel, ConfigDict

OPEN_SECONDS = 7 * 24 * 3600
"""After a week in which nobody asked, a question is hardly about them any more."""
MAX_OPEN = 10
"""Documents that are asked at once."""


class OpenDocuments(BaseModel):
    """The documents that what is said in a conversation is about."""

    model_config = ConfigDict(frozen=True)

    document_ids: tuple[str, ...]
    since: float
    """Unix seconds."""

    def are_open(self, now: float) -> bool:
        return now - self.since <= OPEN_SECONDS
