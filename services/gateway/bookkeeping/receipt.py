from enum import StrEnum

from pydantic import BaseModel

from services.chassis.errors import QuartetError, QuotaExceeded


class Outcome(StrEnum):
    """What came of a request: the values of `quartet.common.v1.UsageOutcome`."""

    OK = "ok"
    ERROR = "error"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class Receipt(BaseModel):
    """What is counted of one request: no words, no names. It is kept in the turn's record.

    Times are Unix seconds; zero where there was no such moment.
    """

    service: str
    """Who answers: "text", "image", "docs" or "video"; "gateway" where it did not come to that."""
    command: str
    """What was wanted, such as "answer", "draw" or "summary"."""
    chat_type: str = "private"
    language_code: str = ""
    user_key: int = 0
    chat_key: int = 0
    accepted_at: float
    begun_at: float = 0.0
    shown_at: float = 0.0
    """When the first of the answer was there to be shown."""
    answered_at: float = 0.0
    sent_at: float = 0.0
    outcome: Outcome = Outcome.OK
    reason: str = ""
    is_async: bool = False
    provider: str = ""
    model: str = ""
    failed_over: bool = False
    input_char_count: int = 0
    output_char_count: int = 0
    attachment_bytes: int = 0
    input_token_count: int = 0
    output_token_count: int = 0
    cost_micros: int | None = None
    is_in_focus_group: bool = False
    """Whether who asked got what is new first."""
    trace_id: str = ""
    quota: str = ""
    """The limit that was spent, how much it is, and how much was used."""
    quota_limit: int = 0
    quota_used: int = 0

    def fail(self, error: QuartetError) -> None:
        """It came to nothing: by a limit of the user's, or otherwise."""
        self.outcome = Outcome.REFUSED if isinstance(error, QuotaExceeded) else Outcome.ERROR
        self.reason = error.reason
        if self.outcome is Outcome.REFUSED:
            self.quota = error.metadata.get("quota", "")
            self.quota_limit, self.quota_used = (
                _count(error.metadata.get(name)) for name in ("limit", "used")
            )


def _count(written: str | None) -> int:
    return int(written) if written and written.isdigit() else 0
