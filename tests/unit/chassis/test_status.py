import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]  # no stubs

from services.chassis import errors, status
from services.chassis.errors import QuartetError, Violation


@pytest.mark.parametrize("kind", errors.by_reason().values(), ids=errors.by_reason())
def test_an_error_comes_back_as_itself(kind: type[QuartetError]) -> None:
    sent = kind("because", metadata={"provider": "example"}, retry_after_seconds=1.5)

    received = status.from_status(status.to_status(sent))

    assert type(received) is kind
    assert received.message == "because"
    assert received.metadata == {"provider": "example"}
    assert received.retry_after_seconds == 1.5


@pytest.mark.parametrize("kind", errors.by_reason().values(), ids=errors.by_reason())
def test_a_status_names_exactly_one_reason_of_our_domain(kind: type[QuartetError]) -> None:
    sent = status.to_status(kind())

    infos = [detail for detail in sent.details if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR)]
    info = error_details_pb2.ErrorInfo()
    assert len(infos) == 1
    assert infos[0].Unpack(info)
    assert (info.domain, info.reason) == ("quartet", kind.reason)


def test_violations_of_a_request_come_back() -> None:
    wrong = (Violation("prompt", "is empty"), Violation("model", "is unknown"))

    received = status.from_status(status.to_status(errors.InvalidRequest(violations=wrong)))

    assert received is not None
    assert received.violations == wrong


def test_a_spent_quota_always_carries_a_quota_failure() -> None:
    sent = status.to_status(errors.QuotaExceeded("20 of 20", metadata={"quota": "answers_per_day"}))

    received = status.from_status(sent)
    assert received is not None
    assert received.violations == (Violation("answers_per_day", "20 of 20"),)


def test_a_long_message_is_cut_to_what_trailing_metadata_can_hold() -> None:
    long = "я" * 100_000

    sent = status.to_status(
        errors.InvalidRequest(long, metadata={"a": long}, violations=[Violation("f", long)])
    )

    assert sent.ByteSize() < 4096


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (grpc.StatusCode.UNAVAILABLE, errors.ServiceUnavailable),
        (grpc.StatusCode.DEADLINE_EXCEEDED, errors.DeadlineExceeded),
        (grpc.StatusCode.UNIMPLEMENTED, errors.InternalError),
        (grpc.StatusCode.UNKNOWN, errors.InternalError),
    ],
)
def test_what_grpc_itself_raised_is_judged_by_its_code(
    code: grpc.StatusCode, expected: type[QuartetError]
) -> None:
    raised = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), details="no details")

    assert type(status.from_rpc_error(raised)) is expected


@pytest.mark.parametrize(
    "details",
    [
        b"\xff\xff not a status",
        status_pb2.Status(code=14, message="a stranger's").SerializeToString(),
    ],
)
def test_details_that_are_not_ours_do_not_hide_the_code(details: bytes) -> None:
    trailing = grpc.aio.Metadata((status.DETAILS_KEY, details))
    raised = grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), trailing, details="down")

    assert type(status.from_rpc_error(raised)) is errors.ServiceUnavailable
