import re
from typing import Any, Final

import httpx
import runwayml
from pydantic import ValidationError

from services.chassis import errors
from services.chassis.errors import QuartetError
from services.providers.pauses import retry_after

PROVIDER: Final = "runway"
# An account without money is a bad request like any other: only the words tell.
# https://docs.dev.runwayml.com/errors/errors
OUT_OF_FUNDS: Final = re.compile(r"\bcredits?\b|\bbilling\b|\bspend\b", re.IGNORECASE)
# Nothing of the request has left us, or it has not left our proxy.
NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
FAILURES: Final = (
    runwayml.RunwayMLError,
    httpx.HTTPError,
    httpx.InvalidURL,
    TimeoutError,
    ValidationError,
    ValueError,
    # The SDK takes any answer for the one it hopes for, and trips over it, or has us do so.
    AttributeError,
    TypeError,
)
BY_STATUS: Final = {
    401: errors.ProviderMisconfigured,
    402: errors.ProviderOutOfFunds,
    403: errors.ProviderMisconfigured,
    429: errors.ProviderRateLimited,
    503: errors.ProviderUnavailable,
}


def translate_submission(error: Exception, *, model: str) -> QuartetError:
    """Turn what came instead of a task into our error: SubmissionUnknown where there may be a task."""
    kind = _kind_of_submission(error)
    metadata = {"provider": PROVIDER, "model": model}
    if kind is errors.UnsupportedImage:
        metadata["problem"] = "broken"
    return kind(_describe(error), metadata=metadata, retry_after_seconds=_retry_after_seconds(error))


def translate(error: Exception) -> QuartetError:
    """Turn what came instead of an answer about a task into our error. It may be asked again."""
    kind: type[QuartetError] = errors.ProviderUnavailable
    if isinstance(error, runwayml.APIStatusError):
        if error.status_code == 404:
            return errors.ResourceNotFound(_describe(error), metadata={"resource": "task"})
        kind = BY_STATUS.get(error.status_code, errors.ProviderUnavailable)
    return kind(
        _describe(error), metadata={"provider": PROVIDER}, retry_after_seconds=_retry_after_seconds(error)
    )


def _kind_of_submission(error: Exception) -> type[QuartetError]:
    if isinstance(error, runwayml.APIStatusError):
        if error.status_code in (400, 422):
            return _kind_of_argument(error.body)
        known = BY_STATUS.get(error.status_code)
        if known is not None:
            return known
        if error.status_code < 500 and error.status_code != 408:
            return errors.ProviderMisconfigured
        # A gateway in front of the vendor may have let the order through.
        return errors.SubmissionUnknown
    cause = error.__cause__ if isinstance(error, runwayml.APIConnectionError) else error
    return errors.ProviderUnavailable if isinstance(cause, NOT_SENT) else errors.SubmissionUnknown


def _kind_of_argument(body: object) -> type[QuartetError]:
    found: dict[str, Any] = body if isinstance(body, dict) else {}
    if OUT_OF_FUNDS.search(str(found.get("error", ""))):
        return errors.ProviderOutOfFunds
    issues = found.get("issues")
    paths = [str(issue.get("path")) for issue in issues or () if isinstance(issue, dict)]
    if any("promptImage" in path for path in paths):
        return errors.UnsupportedImage
    if any("model" in path for path in paths):
        return errors.ModelNotFound
    return errors.InvalidRequest if paths else errors.ProviderMisconfigured


def _describe(error: Exception) -> str:
    """Say what happened without the vendor's own message, which may quote the user or the key."""
    if isinstance(error, runwayml.APIStatusError):
        return f"{PROVIDER} answered {error.status_code}"
    cause = error.__cause__ or error
    return f"{PROVIDER} could not be reached or fell silent: {type(cause).__name__}"


def _retry_after_seconds(error: Exception) -> float | None:
    return retry_after(error.response.headers) if isinstance(error, runwayml.APIStatusError) else None
