from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple


class Code(StrEnum):
    """The gRPC status codes that Quartet's own errors use.

    https://grpc.io/docs/guides/status-codes/
    """

    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    NOT_FOUND = "NOT_FOUND"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    ABORTED = "ABORTED"
    INTERNAL = "INTERNAL"
    UNAVAILABLE = "UNAVAILABLE"


class Violation(NamedTuple):
    """One thing wrong with a request: a field's path, or the subject of a quota."""

    field: str
    description: str


class StartupError(Exception):
    """The process cannot start. The text says what to change, and is meant for a person."""


class QuartetError(Exception):
    """An error that crosses a service boundary as it is.

    `reason` is the name of a `quartet.common.v1.ErrorReason` value. The message is English for developers
    and must hold neither secrets nor the user's text: it is sent and logged.
    """

    reason: ClassVar[str]
    code: ClassVar[Code]
    usual_retry_after_seconds: ClassVar[float | None] = None

    def __init__(
        self,
        message: str = "",
        *,
        metadata: Mapping[str, str] | None = None,
        retry_after_seconds: float | None = None,
        violations: Sequence[Violation] = (),
    ) -> None:
        self.message = message or (type(self).__doc__ or self.reason)
        super().__init__(self.message)
        self.metadata = dict(metadata or {})
        self.retry_after_seconds = (
            self.usual_retry_after_seconds if retry_after_seconds is None else retry_after_seconds
        )
        self.violations = tuple(violations)

    @property
    def retryable(self) -> bool:
        """Whether a caller may repeat the same request on its own."""
        return self.code is Code.UNAVAILABLE


class InvalidRequest(QuartetError):
    """A field failed validation."""

    reason = "ERROR_REASON_INVALID_REQUEST"
    code = Code.INVALID_ARGUMENT


class ModelNotFound(QuartetError):
    """No vendor serves the model."""

    reason = "ERROR_REASON_MODEL_NOT_FOUND"
    code = Code.NOT_FOUND


class ContentRejected(QuartetError):
    """The vendor's moderation refused the input or the output."""

    reason = "ERROR_REASON_CONTENT_REJECTED"
    code = Code.INVALID_ARGUMENT


class QuotaExceeded(QuartetError):
    """The user has spent a limit."""

    reason = "ERROR_REASON_QUOTA_EXCEEDED"
    code = Code.RESOURCE_EXHAUSTED


class ProviderRateLimited(QuartetError):
    """The vendor is throttling us."""

    reason = "ERROR_REASON_PROVIDER_RATE_LIMITED"
    code = Code.UNAVAILABLE
    usual_retry_after_seconds = 5.0


class ProviderUnavailable(QuartetError):
    """The vendor is down, overloaded or unreachable."""

    reason = "ERROR_REASON_PROVIDER_UNAVAILABLE"
    code = Code.UNAVAILABLE
    usual_retry_after_seconds = 2.0


class ProviderMisconfigured(QuartetError):
    """Our credentials or settings for the vendor are wrong."""

    reason = "ERROR_REASON_PROVIDER_MISCONFIGURED"
    code = Code.INTERNAL


class ProviderInterrupted(QuartetError):
    """The vendor failed after the first delta."""

    reason = "ERROR_REASON_PROVIDER_INTERRUPTED"
    code = Code.ABORTED


class ProviderOutOfFunds(QuartetError):
    """Our account at the vendor has run out of money."""

    reason = "ERROR_REASON_PROVIDER_OUT_OF_FUNDS"
    code = Code.FAILED_PRECONDITION


class ProviderUnsupportedCountry(QuartetError):
    """The vendor does not serve the country that the request came from."""

    reason = "ERROR_REASON_PROVIDER_UNSUPPORTED_COUNTRY"
    code = Code.FAILED_PRECONDITION


class ContextTooLong(QuartetError):
    """The conversation does not fit the model's context."""

    reason = "ERROR_REASON_CONTEXT_TOO_LONG"
    code = Code.INVALID_ARGUMENT


class ResourceNotFound(QuartetError):
    """The resource does not exist."""

    reason = "ERROR_REASON_RESOURCE_NOT_FOUND"
    code = Code.NOT_FOUND


class InternalError(QuartetError):
    """internal error"""

    reason = "ERROR_REASON_INTERNAL"
    code = Code.INTERNAL


class ServiceUnavailable(QuartetError):
    """A service of ours is overloaded, is restarting, or has lost its store."""

    reason = "ERROR_REASON_SERVICE_UNAVAILABLE"
    code = Code.UNAVAILABLE
    usual_retry_after_seconds = 1.0


class DeadlineExceeded(QuartetError):
    """The call's deadline passed."""

    reason = "ERROR_REASON_DEADLINE_EXCEEDED"
    code = Code.DEADLINE_EXCEEDED


class UnsupportedImage(QuartetError):
    """A picture sent along cannot be used."""

    reason = "ERROR_REASON_UNSUPPORTED_IMAGE"
    code = Code.INVALID_ARGUMENT


class UnsupportedDocument(QuartetError):
    """A document cannot be read."""

    reason = "ERROR_REASON_UNSUPPORTED_DOCUMENT"
    code = Code.INVALID_ARGUMENT


class SubmissionUnknown(QuartetError):
    """Nobody knows whether the vendor has taken the order."""

    reason = "ERROR_REASON_SUBMISSION_UNKNOWN"
    code = Code.ABORTED


class JobExpired(QuartetError):
    """The job was not finished in its time."""

    reason = "ERROR_REASON_JOB_EXPIRED"
    code = Code.ABORTED


class PermissionDenied(QuartetError):
    """The actor has no role that may do this."""

    reason = "ERROR_REASON_PERMISSION_DENIED"
    code = Code.PERMISSION_DENIED


def by_reason() -> dict[str, type[QuartetError]]:
    """Return every concrete error class under the name of its `ErrorReason`."""
    return {error.reason: error for error in QuartetError.__subclasses__()}
