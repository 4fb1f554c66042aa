from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from aiohttp import web

from services.sandbox.vendor.faults import FaultKind

DOCS: Final = "https://docs.dev.runwayml.com/api"


class Refusal(NamedTuple):
    """An error answer as the vendor words it: https://docs.dev.runwayml.com/errors/errors"""

    status: int
    error: str
    issues: Sequence[Mapping[str, Any]] = ()

    def response(self, *, retry_after_seconds: float | None = None) -> web.Response:
        body: dict[str, Any] = {"error": self.error}
        if self.issues:
            body |= {"issues": list(self.issues), "docUrl": DOCS}
        headers = {} if retry_after_seconds is None else {"retry-after": f"{retry_after_seconds:g}"}
        return web.json_response(body, status=self.status, headers=headers)


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.error)
        self.refusal = refusal


def invalid(path: str, message: str) -> Refusal:
    """One thing wrong with the body."""
    issue = {"code": "custom", "path": [path], "message": message}
    return Refusal(400, "Validation of body failed", (issue,))


MISSING_KEY: Final = Refusal(401, "API key is missing or invalid.")
MISSING_VERSION: Final = Refusal(
    400, "The X-Runway-Version header is missing or names a version that is not supported."
)
NOT_FOUND: Final = Refusal(404, "The task could not be found.")
# Which faults refuse a task before it is one.
REFUSALS: Final = {
    FaultKind.RATE_LIMIT: Refusal(429, "Rate limit exceeded."),
    FaultKind.OUT_OF_FUNDS: Refusal(400, "You do not have enough credits to run this task."),
    FaultKind.OVERLOADED: Refusal(503, "Service temporarily unavailable."),
    FaultKind.SERVER_ERROR: Refusal(502, "Bad gateway."),
    FaultKind.INVALID_KEY: MISSING_KEY,
    FaultKind.MODEL_NOT_FOUND: invalid("model", "Invalid enum value."),
}
# How tasks fail: at once, or after all of their time. https://docs.dev.runwayml.com/errors/task-failures
FAILURES_AT_ONCE: Final = {FaultKind.MODERATION: "SAFETY.INPUT.TEXT"}
FAILURES_LATE: Final = {
    FaultKind.MODERATION_OUTPUT: "SAFETY.OUTPUT.VIDEO",
    FaultKind.FAILED_EVENT: "INTERNAL.BAD_OUTPUT.CODE01",
    FaultKind.ERROR_EVENT: "",
}
