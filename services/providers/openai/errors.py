import json
import re
from typing import Final

import openai

from services.chassis import errors
from services.chassis.errors import QuartetError
from services.providers.pauses import retry_after

PROVIDER: Final = "openai"
# Codes are strings of the server that the SDK does not list.
# https://developers.openai.com/api/docs/guides/error-codes
OUT_OF_FUNDS: Final = re.compile(
    r"insufficient_quota|credit_balance_exhausted|billing_hard_limit_reached|billing_not_active"
    r"|(organization|project)_(spend|usage)_limit_exceeded"
)
REJECTED: Final = re.compile(
    r"invalid_prompt|bio_policy|cyber_policy|moderation_blocked|content_filter|\w*_policy_violation"
)
TOO_LONG: Final = re.compile(r"context_length_exceeded|string_above_max_length")
THROTTLED: Final = re.compile(r"rate_limit_exceeded|slow_down")
OVERLOADED: Final = re.compile(r"server_is_overloaded|server_error|vector_store_timeout")
NO_MODEL: Final = re.compile(r"model_not_found")
NO_COUNTRY: Final = re.compile(r"unsupported_country_region_territory")
BAD_IMAGE: Final = re.compile(r"\w*image\w*")
BY_CODE: Final = (
    (OUT_OF_FUNDS, errors.ProviderOutOfFunds),
    (REJECTED, errors.ContentRejected),
    (TOO_LONG, errors.ContextTooLong),
    (THROTTLED, errors.ProviderRateLimited),
    (OVERLOADED, errors.ProviderUnavailable),
    (NO_MODEL, errors.ModelNotFound),
    (NO_COUNTRY, errors.ProviderUnsupportedCountry),
    (BAD_IMAGE, errors.InvalidRequest),
)
BY_STATUS: Final = {
    402: errors.ProviderOutOfFunds,
    408: errors.ProviderUnavailable,
    409: errors.ProviderUnavailable,
    413: errors.ContextTooLong,
    429: errors.ProviderRateLimited,
}
# What the connection, the wire format and our own deadlines may raise while an answer comes.
FAILURES: Final = (openai.OpenAIError, TimeoutError, json.JSONDecodeError, UnicodeDecodeError)


class StreamFailed(openai.OpenAIError):
    """The vendor reported a failure inside the stream, or the stream ended without an end."""

    def __init__(self, code: str | None, message: str = "") -> None:
        super().__init__(message)
        self.code = code


def translate(error: Exception, *, model: str, is_begun: bool) -> QuartetError:
    """Turn what the SDK raised into our error. `is_begun`: after the first delta."""
    kind = _kind(error)
    if is_begun and kind is not errors.ContentRejected:
        kind = errors.ProviderInterrupted
    return kind(
        _describe(error),
        metadata={"provider": PROVIDER, "model": model},
        retry_after_seconds=_retry_after_seconds(error),
    )


def is_unknown_route(error: openai.APIStatusError) -> bool:
    """Whether the server does not have the API that was called, as opposed to the model."""
    is_about_model = error.code == "model_not_found" or error.param == "model"
    return error.status_code in (404, 405, 501) and not is_about_model


def _kind(error: Exception) -> type[QuartetError]:
    if isinstance(error, StreamFailed):
        return _kind_by_code(error.code) or errors.ProviderUnavailable
    if not isinstance(error, openai.APIError):
        return errors.ProviderUnavailable
    by_code = _kind_by_code(error.code) or _kind_by_code(error.type)
    if by_code is not None:
        return by_code
    if not isinstance(error, openai.APIStatusError):
        return errors.ProviderUnavailable
    if error.status_code == 404 and (error.param == "model" or "model" in error.message.lower()):
        return errors.ModelNotFound
    if error.status_code >= 500:
        return errors.ProviderUnavailable
    # What remains is a request that the vendor does not take from us: the key, a parameter, the address.
    return BY_STATUS.get(error.status_code, errors.ProviderMisconfigured)


def _kind_by_code(code: str | None) -> type[QuartetError] | None:
    if not code:
        return None
    return next((kind for pattern, kind in BY_CODE if pattern.fullmatch(code)), None)


def _describe(error: Exception) -> str:
    """Say what happened without the vendor's own message, which may quote the user or the key."""
    if isinstance(error, openai.APIStatusError):
        facts = [str(error.status_code), error.code or error.type, error.request_id]
        return f"{PROVIDER} answered {' '.join(fact for fact in facts if fact)}"
    if isinstance(error, StreamFailed | openai.APIError) and error.code:
        return f"{PROVIDER} failed while answering: {error.code}"
    return f"{PROVIDER} could not be reached or fell silent: {type(error).__name__}"


def _retry_after_seconds(error: Exception) -> float | None:
    return retry_after(error.response.headers) if isinstance(error, openai.APIStatusError) else None
