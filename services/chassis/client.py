import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import grpc
from grpc.aio import ClientCallDetails, Metadata
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from services.chassis import status
from services.chassis.telemetry import tracing

DEFAULT_UNARY_TIMEOUT_SECONDS: Final = 10.0
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
SERVICE_CONFIG: Final = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "healthCheckConfig": {"serviceName": ""},
}
OPTIONS: Final = (
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
    ("grpc.service_config_disable_resolution", 1),
    # Calls between our own services never go through the proxy that reaches the vendors.
    ("grpc.enable_http_proxy", 0),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.dns_min_time_between_resolutions_ms", 10_000),
    # A service that was started again is found within two seconds.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
)

Continuation = Callable[[ClientCallDetails, Any], Awaitable[Any]]


@asynccontextmanager
async def channel(target: str) -> AsyncIterator[grpc.aio.Channel]:
    """Connect to a service of ours, such as `dns:///text:50051`; calls raise QuartetError.

    The channel repeats nothing by itself, because the caller is the only owner of retries; the exception is
    gRPC's transparent retry of a call that no server has seen. Unary calls without a timeout get ten seconds,
    streams get none. Cancelling the task that reads a stream, or `call.cancel()`, cancels the handler.
    """
    interceptors = [_UnaryUnary(), _UnaryStream(), _StreamUnary(), _StreamStream()]
    async with grpc.aio.insecure_channel(target, options=OPTIONS, interceptors=interceptors) as opened:
        yield opened


# gRPC sorts an interceptor by the first of the four base classes it finds, hence four classes.


class _UnaryUnary(grpc.aio.UnaryUnaryClientInterceptor):
    async def intercept_unary_unary(
        self, continuation: Continuation, client_call_details: ClientCallDetails, request: Any
    ) -> Any:
        seconds = client_call_details.timeout
        timeout = DEFAULT_UNARY_TIMEOUT_SECONDS if seconds is None else seconds
        return await _answer(continuation, client_call_details, request, timeout)


class _StreamUnary(grpc.aio.StreamUnaryClientInterceptor):
    async def intercept_stream_unary(
        self, continuation: Continuation, client_call_details: ClientCallDetails, request_iterator: Any
    ) -> Any:
        return await _answer(continuation, client_call_details, request_iterator)


class _UnaryStream(grpc.aio.UnaryStreamClientInterceptor):
    async def intercept_unary_stream(
        self, continuation: Continuation, client_call_details: ClientCallDetails, request: Any
    ) -> Any:
        return await _answers(continuation, client_call_details, request)


class _StreamStream(grpc.aio.StreamStreamClientInterceptor):
    async def intercept_stream_stream(
        self, continuation: Continuation, client_call_details: ClientCallDetails, request_iterator: Any
    ) -> Any:
        return await _answers(continuation, client_call_details, request_iterator)


async def _answer(
    continuation: Continuation, details: ClientCallDetails, request: Any, timeout: float | None = None
) -> Any:
    with tracing.span(_name(details), SpanKind.CLIENT) as span:
        try:
            return await (await continuation(_traced(details, span, timeout), request))
        except grpc.aio.AioRpcError as error:
            raise status.from_rpc_error(error) from error


async def _answers(
    continuation: Continuation, details: ClientCallDetails, request: Any
) -> AsyncIterator[Any]:
    span = tracing.start(_name(details), SpanKind.CLIENT)
    call = await continuation(_traced(details, span), request)
    return _translated(call, span)


async def _translated(call: Any, span: Span) -> AsyncIterator[Any]:
    try:
        async for response in call:
            yield response
    except grpc.aio.AioRpcError as error:
        translated = status.from_rpc_error(error)
        span.set_status(StatusCode.ERROR, translated.reason)
        raise translated from error
    finally:
        # An abandoned stream must not go on at the server, nor at the vendor behind it.
        call.cancel()
        span.end()


def _name(details: ClientCallDetails) -> str:
    method = details.method
    return (method.decode() if isinstance(method, bytes) else method).removeprefix("/")


def _traced(details: ClientCallDetails, span: Span, timeout: float | None = None) -> ClientCallDetails:
    headers: dict[str, str] = {}
    tracing.inject(headers, trace.set_span_in_context(span))
    return ClientCallDetails(
        details.method,
        details.timeout if timeout is None else timeout,
        Metadata(*(details.metadata or ()), *headers.items()),
        details.credentials,
        details.wait_for_ready,
    )
