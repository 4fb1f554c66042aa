import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx2
from google.genai.errors import APIError, UnknownApiResponseError
from google.genai.types import FinishReason
from pydantic import ValidationError

from services.chassis import errors
from services.chassis.errors import QuartetError
from services.providers.pauses import retry_after

PROVIDER: Final = "google"
# One status stands for many things, and where there is no reason, only the words tell them apart.
# https://ai.google.dev/gemini-api/docs/troubleshooting https://ai.google.dev/gemini-api/docs/billing
NO_COUNTRY: Final = re.compile(r"location is not supported|not available in your country", re.IGNORECASE)
TOO_LONG: Final = re.compile(
    r"token count.{0,40}exceeds|exceeds the maximum number of tokens|payload size exceeds", re.IGNORECASE
)
# The usual answer to too many requests speaks of billing, too. A free tier of none is no throttling.
OUT_OF_FUNDS: Final = re.compile(
    r"prepay|credits? (balance )?(is|are) (depleted|exhausted)|spend(ing)? (cap|limit)|limit: 0(?![.\d])",
    re.IGNORECASE,
)
BAD_IMAGE: Final = re.compile(r"\bimage\b", re.IGNORECASE)
NO_KEY: Final = re.compile(r"api.?key", re.IGNORECASE)
NO_MODEL: Final = re.compile(r"\bmodels?\b", re.IGNORECASE)
# https://cloud.google.com/apis/design/errors
BY_REASON: Final = {
    "API_KEY_INVALID": errors.ProviderMisconfigured,
    "API_KEY_SERVICE_BLOCKED": errors.ProviderMisconfigured,
    "BILLING_DISABLED": errors.ProviderOutOfFunds,
    "CONSUMER_SUSPENDED": errors.ProviderMisconfigured,
}
BY_STATUS: Final = {
    "ABORTED": errors.ProviderUnavailable,
    "CANCELLED": errors.ProviderUnavailable,
    "DEADLINE_EXCEEDED": errors.ProviderUnavailable,
    "INTERNAL": errors.ProviderUnavailable,
    "RESOURCE_EXHAUSTED": errors.ProviderRateLimited,
    "UNAVAILABLE": errors.ProviderUnavailable,
    "UNKNOWN": errors.ProviderUnavailable,
}
BY_HTTP_STATUS: Final = {
    402: errors.ProviderOutOfFunds,
    408: errors.ProviderUnavailable,
    413: errors.ContextTooLong,
    429: errors.ProviderRateLimited,
}
# The answer was taken back, or never begun, for what it says or shows.
REJECTIONS: Final = frozenset(
    {
        FinishReason.SAFETY,
        FinishReason.RECITATION,
        FinishReason.BLOCKLIST,
        FinishReason.PROHIBITED_CONTENT,
        FinishReason.SPII,
        FinishReason.ESCALATION,
        FinishReason.MODEL_ARMOR,
        FinishReason.IMAGE_SAFETY,
        FinishReason.IMAGE_PROHIBITED_CONTENT,
        FinishReason.IMAGE_RECITATION,
    }
)
RETRY_INFO: Final = "type.googleapis.com/google.rpc.RetryInfo"


class Rejected(Exception):
    """The vendor's moderation took back the question or the answer. The text is its reason."""


class StreamFailed(Exception):
    """The stream ended without a proper end. The text is the vendor's reason."""


# What the connection, the wire format and our own deadlines may raise while an answer comes.
FAILURES: Final = (
    APIError,
    Rejected,
    StreamFailed,
    UnknownApiResponseError,
    TimeoutError,
    ValidationError,
    UnicodeDecodeError,
    json.JSONDecodeError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
)


def translate(error: Exception, *, model: str, is_begun: bool) -> QuartetError:
    """Turn what the SDK raised into our error. `is_begun`: after the first delta."""
    kind = _kind(error)
    if is_begun and kind is not errors.ContentRejected:
        kind = errors.ProviderInterrupted
    return kind(
        _describe(error),
        metadata={"provider": PROVIDER, "model": model},
        retry_after_seconds=_retry_after_seconds(error) if isinstance(error, APIError) else None,
    )


def _kind(error: Exception) -> type[QuartetError]:
    if isinstance(error, Rejected):
        return errors.ContentRejected
    if not isinstance(error, APIError):
        return errors.ProviderUnavailable
    return kind_of_answer(error.code, error.status or "", error.message or "", set(_reasons(error)))


def kind_of_answer(code: int, status: str, message: str, reasons: set[str]) -> type[QuartetError]:
    """Which error of ours an answer of the vendor is, by its HTTP code and what its body says."""
    for reason in sorted(reasons & BY_REASON.keys()):
        return BY_REASON[reason]
    if status == "RESOURCE_EXHAUSTED" or code == 429:
        return errors.ProviderOutOfFunds if OUT_OF_FUNDS.search(message) else errors.ProviderRateLimited
    if NO_COUNTRY.search(message):
        return errors.ProviderUnsupportedCountry
    if status == "NOT_FOUND" and NO_MODEL.search(message):
        return errors.ModelNotFound
    if status == "INVALID_ARGUMENT":
        return _kind_of_argument(message)
    if code >= 500:
        return errors.ProviderUnavailable
    # What remains is a request that the vendor does not take from us: the key, a parameter, the address.
    return BY_STATUS.get(status) or BY_HTTP_STATUS.get(code, errors.ProviderMisconfigured)


def _kind_of_argument(message: str) -> type[QuartetError]:
    if NO_KEY.search(message):
        return errors.ProviderMisconfigured
    if TOO_LONG.search(message):
        return errors.ContextTooLong
    return errors.InvalidRequest if BAD_IMAGE.search(message) else errors.ProviderMisconfigured


def _details(error: APIError) -> Iterator[Mapping[str, Any]]:
    body = error.details.get("error") if isinstance(error.details, dict) else None
    details = body.get("details") if isinstance(body, dict) else None
    if isinstance(details, list):
        yield from (detail for detail in details if isinstance(detail, dict))


def _reasons(error: APIError) -> Iterator[str]:
    return (detail["reason"] for detail in _details(error) if isinstance(detail.get("reason"), str))


def _describe(error: Exception) -> str:
    """Say what happened without the vendor's own message, which may quote the user or the key."""
    if isinstance(error, APIError):
        facts = [str(error.code), error.status, *_reasons(error)]
        return f"{PROVIDER} answered {' '.join(fact for fact in facts if fact)}"
    if isinstance(error, Rejected | StreamFailed):
        return f"{PROVIDER} broke the answer off: {error}"
    return f"{PROVIDER} could not be reached or fell silent: {type(error).__name__}"


def _retry_after_seconds(error: APIError) -> float | None:
    for detail in _details(error):
        delay = detail.get("retryDelay")
        if detail.get("@type") == RETRY_INFO and isinstance(delay, str):
            # A duration in JSON: "17s", "17.5s". https://protobuf.dev/reference/protobuf/google.protobuf/#duration
            return retry_after({"retry-after": delay.removesuffix("s")})
    headers = getattr(error.response, "headers", None)
    return retry_after(headers) if headers is not None else None
