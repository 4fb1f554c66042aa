from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
import structlog

from services.chassis import errors
from services.chassis.client import channel
from tests.integration.chassis.rpc import KINDS, Caller, free_settings, probing

REASONS = errors.by_reason()


async def fail(request: bytes, context: Any) -> AsyncIterator[bytes]:
    reason = request.decode()
    yield b"partial"
    if reason == "bug":
        raise ValueError("the database password is hunter2")
    if reason == "abort":
        await context.abort(grpc.StatusCode.NOT_FOUND, "gone")
    raise REASONS[reason](
        "because", metadata={"provider": "example"}, violations=[errors.Violation("prompt", "is empty")]
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_every_error_crosses_the_wire_as_itself(kind: str) -> None:
    async with probing(fail) as caller:
        for reason, expected in REASONS.items():
            with pytest.raises(expected) as raised:
                await caller.parts(kind, reason.encode())

            assert raised.value.message == "because"
            assert raised.value.metadata == {"provider": "example"}
            assert raised.value.retry_after_seconds == expected.usual_retry_after_seconds
            assert raised.value.violations == (errors.Violation("prompt", "is empty"),)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_bug_is_logged_and_never_sent(kind: str) -> None:
    with structlog.testing.capture_logs() as lines:
        async with probing(fail) as caller:
            with pytest.raises(errors.InternalError) as raised:
                await caller.parts(kind, b"bug")

    assert raised.value.message == "internal error"
    cause = raised.value.__cause__
    assert isinstance(cause, grpc.aio.AioRpcError)
    assert "hunter2" not in repr(cause)
    (crash,) = [line for line in lines if line["event"] == "rpc_crashed"]
    assert "hunter2" in str(crash["exc_info"])


@pytest.mark.parametrize("kind", KINDS)
async def test_one_line_is_written_for_each_call(kind: str) -> None:
    with structlog.testing.capture_logs() as lines:
        async with probing(fail) as caller:
            with pytest.raises(errors.QuotaExceeded):
                await caller.parts(kind, b"ERROR_REASON_QUOTA_EXCEEDED")

    (line,) = [line for line in lines if line["event"] == "rpc_handled"]
    assert line["method"].endswith(kind)
    assert line["code"] == "RESOURCE_EXHAUSTED"
    assert line["duration_ms"] >= 0


async def test_what_came_before_the_error_has_arrived() -> None:
    async with probing(fail) as caller:
        call = caller.stream(b"ERROR_REASON_PROVIDER_INTERRUPTED")

        assert await call.read() == b"partial"
        with pytest.raises(errors.ProviderInterrupted):
            await call.read()


async def test_a_status_that_a_servicer_set_itself_stays() -> None:
    async with probing(fail) as caller:
        with pytest.raises(errors.InternalError, match="NOT_FOUND: gone"):
            await caller.parts("unary_unary", b"abort")


async def test_a_method_that_is_not_there_is_our_own_fault() -> None:
    async with probing(fail) as caller:
        with pytest.raises(errors.InternalError, match="UNIMPLEMENTED"):
            await caller.parts("unary_unary", b"", method="Missing")


async def test_a_service_that_is_not_there_is_unavailable() -> None:
    settings = free_settings()
    async with channel(f"dns:///127.0.0.1:{settings.grpc_port}") as nobody:
        with pytest.raises(errors.ServiceUnavailable):
            await Caller(nobody, settings).parts("unary_unary", b"")
