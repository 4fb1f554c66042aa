from typing import Any, Final, NamedTuple

from aiohttp import web

from services.sandbox.vendor.faults import Fault, FaultKind

TYPES: Final = "type.googleapis.com/google.rpc."


class Refusal(NamedTuple):
    """An error answer as the vendor words it. https://ai.google.dev/gemini-api/docs/troubleshooting"""

    code: int
    status: str
    message: str
    reason: str | None = None

    def body(self, retry_after_seconds: float | None = None) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        details: list[dict[str, Any]] = []
        if self.reason:
            info = {"reason": self.reason, "domain": "googleapis.com"}
            details.append({"@type": f"{TYPES}ErrorInfo", **info})
        if retry_after_seconds is not None:
            details.append({"@type": f"{TYPES}RetryInfo", "retryDelay": f"{retry_after_seconds:g}s"})
        return {"error": {**error, "details": details} if details else error}

    def response(self, retry_after_seconds: float | None = None) -> web.Response:
        return web.json_response(self.body(retry_after_seconds), status=self.code)


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


QUOTA: Final = (
    "You exceeded your current quota, please check your plan and billing details. For more information on "
    "this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. \n* Quota exceeded for metric: "
    "generativelanguage.googleapis.com/{metric}, limit: {limit}, model: gemini-3.8-flash"
)
# By the name that a fault's `code` gives them.
REFUSALS: Final = {
    "RESOURCE_EXHAUSTED": Refusal(
        429, "RESOURCE_EXHAUSTED", QUOTA.format(metric="generate_content_paid_tier_requests", limit=1000)
    ),
    "FREE_TIER_NONE": Refusal(
        429, "RESOURCE_EXHAUSTED", QUOTA.format(metric="generate_content_free_tier_requests", limit=0)
    ),
    "PREPAY_DEPLETED": Refusal(
        429,
        "RESOURCE_EXHAUSTED",
        "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to "
        "manage your project and billing.",
    ),
    "SPENDING_CAP": Refusal(
        429,
        "RESOURCE_EXHAUSTED",
        "Your project has exceeded its monthly spending cap. Please go to AI Studio at "
        "https://ai.studio/spend to manage your project spend cap.",
    ),
    "BILLING_DISABLED": Refusal(
        403,
        "PERMISSION_DENIED",
        "This API method requires billing to be enabled. Please enable billing on project #0.",
        "BILLING_DISABLED",
    ),
    "UNAVAILABLE": Refusal(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "INTERNAL": Refusal(500, "INTERNAL", "An internal error has occurred. Please retry."),
    "DEADLINE_EXCEEDED": Refusal(
        504, "DEADLINE_EXCEEDED", "The service is unable to finish processing within the deadline."
    ),
    "TOO_MANY_TOKENS": Refusal(
        400,
        "INVALID_ARGUMENT",
        "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "BAD_IMAGE": Refusal(400, "INVALID_ARGUMENT", "Provided image is not valid."),
    "LOCATION": Refusal(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
    "NOT_FOUND": Refusal(
        404,
        "NOT_FOUND",
        "models/gemini is not found for API version v1, or is not supported for generateContent. Call "
        "ModelService.ListModels to see the list of available models and their supported methods.",
    ),
    "API_KEY_INVALID": Refusal(
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        "API_KEY_INVALID",
    ),
    "PERMISSION_DENIED": Refusal(
        403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key."
    ),
}
MISSING_KEY: Final = Refusal(
    403,
    "PERMISSION_DENIED",
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
    "other form of API consumer identity to call this API.",
)
USUAL: Final = {
    FaultKind.RATE_LIMIT: "RESOURCE_EXHAUSTED",
    FaultKind.OUT_OF_FUNDS: "PREPAY_DEPLETED",
    FaultKind.OVERLOADED: "UNAVAILABLE",
    FaultKind.CONTEXT_TOO_LONG: "TOO_MANY_TOKENS",
    FaultKind.UNSUPPORTED_COUNTRY: "LOCATION",
    FaultKind.MODEL_NOT_FOUND: "NOT_FOUND",
    FaultKind.INVALID_KEY: "API_KEY_INVALID",
    FaultKind.SERVER_ERROR: "INTERNAL",
}


def invalid(message: str) -> Refusal:
    return Refusal(400, "INVALID_ARGUMENT", message)


def refusal(fault: Fault) -> Refusal | None:
    """Return the error answer of a fault, or None for one that is no HTTP error."""
    usual = USUAL.get(fault.kind)
    return _named(fault.code, usual) if usual else None


def failure(code: str | None) -> Refusal:
    """Return what is said of an answer that fails on its way."""
    return _named(code, USUAL[FaultKind.SERVER_ERROR])


def _named(code: str | None, usual: str) -> Refusal:
    return REFUSALS.get(code or usual) or REFUSALS[usual]
