from typing import Any, Final, NamedTuple

from aiohttp import web

from services.sandbox.vendor.faults import Fault, FaultKind


class Refusal(NamedTuple):
    """An error answer as the vendor words it. https://developers.openai.com/api/docs/guides/error-codes"""

    status: int
    kind: str
    code: str | None
    message: str
    param: str | None = None
    more: dict[str, Any] | None = None

    def body(self) -> dict[str, Any]:
        error = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": {**error, **(self.more or {})}}

    def response(self, *, retry_after_seconds: float | None = None) -> web.Response:
        headers = {"x-request-id": "req_sandbox"}
        if retry_after_seconds is not None:
            headers["retry-after"] = f"{retry_after_seconds:g}"
        return web.json_response(self.body(), status=self.status, headers=headers)


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


INVALID: Final = "invalid_request_error"
MISSING_KEY: Final = Refusal(
    401,
    INVALID,
    None,
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
    "auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're "
    "accessing the API from your browser and are prompted for a username and password. You can obtain an API "
    "key from https://platform.openai.com/account/api-keys.",
)
REFUSALS: Final = {
    FaultKind.RATE_LIMIT: Refusal(
        429,
        "requests",
        "rate_limit_exceeded",
        "Rate limit reached for the sandbox on requests per min (RPM): Limit 3, Used 3, Requested 1. Please "
        "try again later. Visit https://platform.openai.com/account/rate-limits to learn more.",
    ),
    FaultKind.OUT_OF_FUNDS: Refusal(
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details. For more information "
        "on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
    ),
    FaultKind.OVERLOADED: Refusal(
        503,
        "service_unavailable_error",
        "server_is_overloaded",
        "Our servers are currently overloaded. Please try again later.",
    ),
    FaultKind.MODERATION: Refusal(
        400,
        INVALID,
        "invalid_prompt",
        "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again "
        "with a different prompt.",
    ),
    FaultKind.CONTEXT_TOO_LONG: Refusal(
        400,
        INVALID,
        "context_length_exceeded",
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
        "input",
    ),
    FaultKind.UNSUPPORTED_COUNTRY: Refusal(
        403,
        "request_forbidden",
        "unsupported_country_region_territory",
        "Country, region, or territory not supported",
    ),
    FaultKind.MODEL_NOT_FOUND: Refusal(
        404,
        INVALID,
        "model_not_found",
        "The model does not exist or you do not have access to it.",
        "model",
    ),
    FaultKind.INVALID_KEY: Refusal(
        401,
        INVALID,
        "invalid_api_key",
        "Incorrect API key provided: sk-sa***0000. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
    ),
    FaultKind.SERVER_ERROR: Refusal(
        500,
        "server_error",
        None,
        "The server had an error while processing your request. Sorry about that! Please retry your request.",
    ),
}


def invalid(message: str, param: str | None = None) -> Refusal:
    return Refusal(400, INVALID, None, message, param)


def refused(fault: Fault) -> web.Response | None:
    """Return the error answer of a fault, or None if it strikes later, in the stream."""
    usual = REFUSALS.get(fault.kind)
    if usual is None:
        return None
    refusal = usual if fault.code is None else usual._replace(code=fault.code)
    return refusal.response(retry_after_seconds=fault.retry_after_seconds)


def failure(code: str | None) -> Refusal:
    """Return what is said of an answer that fails on its way."""
    return REFUSALS[FaultKind.SERVER_ERROR]._replace(code=code or "server_error")
