from collections.abc import Iterable
from typing import Final

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2  # type: ignore[import-untyped]  # no stubs

from services.chassis import errors
from services.chassis.errors import Code, QuartetError, Violation

DOMAIN: Final = "quartet"
DETAILS_KEY: Final = "grpc-status-details-bin"
# Trailing metadata above 8 KiB is refused by gRPC, and the message travels twice (plain and in the details).
MAX_TEXT_CHARACTERS: Final = 500
MAX_VIOLATIONS: Final = 8


def to_status(error: QuartetError) -> status_pb2.Status:
    """Describe the error as AIP-193 asks: exactly one ErrorInfo, each other detail at most once.

    https://google.aip.dev/193
    """
    status = status_pb2.Status(
        code=code_pb2.Code.Value(error.code.value), message=error.message[:MAX_TEXT_CHARACTERS]
    )
    metadata = {key: value[:MAX_TEXT_CHARACTERS] for key, value in error.metadata.items()}
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=metadata)
    status.details.add().Pack(info)
    if error.retry_after_seconds is not None:
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_after_seconds * 1000))
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    violations = [
        Violation(item.field[:MAX_TEXT_CHARACTERS], item.description[:MAX_TEXT_CHARACTERS])
        for item in error.violations[:MAX_VIOLATIONS]
    ]
    if error.code is Code.RESOURCE_EXHAUSTED:
        status.details.add().Pack(_quota_failure(violations, error))
    elif violations:
        status.details.add().Pack(_bad_request(violations))
    return status


def from_status(status: status_pb2.Status) -> QuartetError | None:
    """Rebuild the error, or return None when the status names no reason of ours."""
    info = error_details_pb2.ErrorInfo()
    retry = error_details_pb2.RetryInfo()
    bad_request = error_details_pb2.BadRequest()
    quota = error_details_pb2.QuotaFailure()
    retry_after_seconds: float | None = None
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad_request)
        detail.Unpack(quota)
        if detail.Unpack(retry):
            retry_after_seconds = retry.retry_delay.ToMilliseconds() / 1000
    error_type = errors.by_reason().get(info.reason)
    if info.domain != DOMAIN or error_type is None:
        return None
    return error_type(
        status.message,
        metadata=info.metadata,
        retry_after_seconds=retry_after_seconds,
        violations=[
            *(Violation(item.field, item.description) for item in bad_request.field_violations),
            *(Violation(item.subject, item.description) for item in quota.violations),
        ],
    )


def from_rpc_error(error: grpc.aio.AioRpcError) -> QuartetError:
    """Rebuild the error that a server of ours sent; what gRPC itself raised is judged by its code."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            known = _parse(value)
            if known is not None:
                return known
    details = error.details() or ""
    match error.code():
        case grpc.StatusCode.UNAVAILABLE:
            return errors.ServiceUnavailable(details)
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return errors.DeadlineExceeded(details)
        case code:
            return errors.InternalError(f"{code.name}: {details}")


def _parse(value: bytes) -> QuartetError | None:
    try:
        return from_status(status_pb2.Status.FromString(value))
    except DecodeError:
        return None


def _bad_request(violations: Iterable[Violation]) -> error_details_pb2.BadRequest:
    field = error_details_pb2.BadRequest.FieldViolation
    return error_details_pb2.BadRequest(
        field_violations=[field(field=item.field, description=item.description) for item in violations]
    )


def _quota_failure(violations: list[Violation], error: QuartetError) -> error_details_pb2.QuotaFailure:
    named = violations or [Violation(error.metadata.get("quota", ""), error.message[:MAX_TEXT_CHARACTERS])]
    violation = error_details_pb2.QuotaFailure.Violation
    return error_details_pb2.QuotaFailure(
        violations=[violation(subject=item.field, description=item.description) for item in named]
    )
