import json
from typing import Any, Final

import httpx2

# The SDK exports these nowhere else; a test of the contract notices when they move.
from google.genai._gaos.lib.compat_errors import APIConnectionError, APIError, APIStatusError
from google.genai.errors import APIError as PlainAPIError
from pydantic import ValidationError

from services.chassis import errors
from services.chassis.errors import QuartetError
from services.providers.google.errors import PROVIDER, kind_of_answer
from services.providers.pauses import retry_after

# Nothing of the request has left us, or it has not left our proxy.
NOT_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
FAILURES: Final = (
    APIError,
    PlainAPIError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    TimeoutError,
    ValidationError,
    ValueError,
    # The SDK takes some answers for the one it hopes for, and has us trip over them.
    AttributeError,
    TypeError,
)
# A gateway in front of the vendor may have let the order through.
DOUBTFUL_STATUSES: Final = (408, 500, 502, 504)
REJECTED: Final = ("SAFETY", "PROHIBITED", "BLOCKLIST", "RAI", "RECITATION")


def translate_submission(error: Exception, *, model: str) -> QuartetError:
    """Turn what came instead of an interaction into our error: SubmissionUnknown where there may be one."""
    kind = _kind_of_submission(error)
    metadata = {"provider": PROVIDER, "model": model}
    if kind is errors.UnsupportedImage:
        metadata["problem"] = "broken"
    return kind(_describe(error), metadata=metadata, retry_after_seconds=_retry_after_seconds(error))


def translate(error: Exception) -> QuartetError:
    """Turn what came instead of an answer about an interaction into our error. It may be asked again."""
    kind: type[QuartetError] = errors.ProviderUnavailable
    if isinstance(error, APIStatusError) and error.status_code is not None:
        if error.status_code == 404:
            return errors.ResourceNotFound(_describe(error), metadata={"resource": "task"})
        if error.status_code < 500:
            kind = kind_of_answer(error.status_code, *_said(error))
    return kind(
        _describe(error), metadata={"provider": PROVIDER}, retry_after_seconds=_retry_after_seconds(error)
    )


def failure_of(code: str, message: str) -> QuartetError:
    """Say why an interaction has failed. It is not asked again on its own: that would be another one."""
    said = f"{code} {message}".upper()
    is_rejected = any(word in said for word in REJECTED)
    kind = errors.ContentRejected if is_rejected else errors.ProviderInterrupted
    return kind(f"google failed: {code[:64] or 'it does not say why'}", metadata={"provider": PROVIDER})


def _kind_of_submission(error: Exception) -> type[QuartetError]:
    if isinstance(error, APIStatusError) and error.status_code is not None:
        if error.status_code in DOUBTFUL_STATUSES:
            return errors.SubmissionUnknown
        kind = kind_of_answer(error.status_code, *_said(error))
        # It spoke of a picture: of the one that came along.
        return errors.UnsupportedImage if kind is errors.InvalidRequest else kind
    cause = error.__cause__ if isinstance(error, APIConnectionError) else error
    return errors.ProviderUnavailable if isinstance(cause, NOT_SENT) else errors.SubmissionUnknown


def _said(error: APIStatusError) -> tuple[str, str, set[str]]:
    """The vendor's status, its words, and its reasons."""
    body = error.body
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            body = {}
    found: Any = body.get("error") if isinstance(body, dict) else None
    told: dict[str, Any] = found if isinstance(found, dict) else {}
    details = [each for each in told.get("details") or () if isinstance(each, dict)]
    reasons = {str(each["reason"]) for each in details if "reason" in each}
    return str(told.get("status") or told.get("code") or ""), str(told.get("message") or ""), reasons


def _describe(error: Exception) -> str:
    """Say what happened without the vendor's own message, which may quote the user or the key."""
    if isinstance(error, APIStatusError):
        return f"{PROVIDER} answered {error.status_code}"
    return f"{PROVIDER} could not be reached or fell silent: {type(error.__cause__ or error).__name__}"


def _retry_after_seconds(error: Exception) -> float | None:
    return retry_after(error.response.headers) if isinstance(error, APIStatusError) else None
