import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Final

import grpc
import structlog
from opentelemetry.trace import SpanKind

from services.chassis import status
from services.chassis.errors import InternalError, QuartetError
from services.chassis.telemetry import tracing
from services.chassis.telemetry.metrics import ServerMetrics

log = structlog.get_logger()

Handler = Any
Context = grpc.aio.ServicerContext[Any, Any]
# Health and reflection: asked for every few seconds, and of no interest.
INFRASTRUCTURE: Final = "/grpc."


class _Outcome:
    """What became of one RPC, until proven otherwise cancelled."""

    code = grpc.StatusCode.CANCELLED.name
    reason = ""
    user_key = 0

    def meet(self, request: Any) -> None:
        """Note on whose behalf a request is made, where it says so."""
        self.user_key = self.user_key or getattr(getattr(request, "caller", None), "user_key", 0)

    async def meeting(self, requests: AsyncIterator[Any]) -> AsyncGenerator[Any]:
        async for request in requests:
            self.meet(request)
            yield request
            del request  # not to be kept while the next one is awaited


class ServerEdge(grpc.aio.ServerInterceptor):
    """The outermost layer of every RPC: errors to statuses, access log, metrics, trace.

    A QuartetError is sent as a rich status. Any other exception is logged here and sent as INTERNAL
    "internal error". Cancellation and `context.abort` pass through untouched.
    """

    def __init__(self, metrics: ServerMetrics) -> None:
        self._metrics = metrics

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method.startswith(INFRASTRUCTURE):
            return handler
        codecs = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if handler.response_streaming:
            behavior = handler.stream_stream if handler.request_streaming else handler.unary_stream
            kind = (
                grpc.stream_stream_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_stream_rpc_method_handler
            )
            return kind(self._streaming(method, behavior, handler.request_streaming), **codecs)
        behavior = handler.stream_unary if handler.request_streaming else handler.unary_unary
        kind = (
            grpc.stream_unary_rpc_method_handler
            if handler.request_streaming
            else grpc.unary_unary_rpc_method_handler
        )
        return kind(self._unary(method, behavior, handler.request_streaming), **codecs)

    def _unary(
        self, method: str, behavior: Callable[..., Awaitable[Any]], is_request_streaming: bool
    ) -> Callable[..., Awaitable[Any]]:
        async def handle(request: Any, context: Context) -> Any:
            with self._observed(method, context) as outcome:
                try:
                    response = await behavior(_met(outcome, request, is_request_streaming), context)
                except Exception as error:  # noqa: BLE001  # the edge of the process
                    await _refuse(context, outcome, error)
                outcome.code = _code_set_by(context)
                return response

        return handle

    def _streaming(
        self, method: str, behavior: Callable[..., Any], is_request_streaming: bool
    ) -> Callable[..., Awaitable[None]]:
        # A coroutine that writes, not a generator: a cancelled write then closes the servicer's generator at
        # once, and with it the vendor's stream. gRPC would leave that to the garbage collector.
        async def handle(request: Any, context: Context) -> None:
            with self._observed(method, context) as outcome:
                try:
                    await _pump(behavior(_met(outcome, request, is_request_streaming), context), context)
                except Exception as error:  # noqa: BLE001  # the edge of the process
                    await _refuse(context, outcome, error)
                outcome.code = _code_set_by(context)

        return handle

    @contextmanager
    def _observed(self, method: str, context: Context) -> Iterator[_Outcome]:
        service, _, name = method.removeprefix("/").partition("/")
        labels = {"service": service, "method": name}
        self._metrics.started.labels(**labels).inc()
        in_flight = self._metrics.in_flight.labels(**labels)
        in_flight.inc()
        started = time.monotonic()
        outcome = _Outcome()
        headers = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        with tracing.span(method.removeprefix("/"), SpanKind.SERVER, tracing.extract(headers)):
            try:
                yield outcome
            finally:
                duration_seconds = time.monotonic() - started
                in_flight.dec()
                self._metrics.handled.labels(**labels, code=outcome.code).inc()
                self._metrics.handling_seconds.labels(**labels).observe(duration_seconds)
                log.info(
                    "rpc_handled",
                    method=method,
                    code=outcome.code,
                    reason=outcome.reason or None,
                    user_key=f"{outcome.user_key:016x}" if outcome.user_key else None,
                    duration_ms=round(duration_seconds * 1000),
                )


def _met(outcome: _Outcome, request: Any, is_request_streaming: bool) -> Any:
    if is_request_streaming:
        return outcome.meeting(request)
    outcome.meet(request)
    return request


async def _pump(responses: AsyncGenerator[Any, None] | Awaitable[None], context: Context) -> None:
    if isinstance(responses, Awaitable):
        await responses  # the servicer writes by itself
        return
    async with aclosing(responses) as stream:
        async for response in stream:
            await context.write(response)


def _code_set_by(context: Context) -> str:
    code = context.code()
    return code.name if isinstance(code, grpc.StatusCode) else grpc.StatusCode.OK.name


async def _refuse(context: Context, outcome: _Outcome, error: Exception) -> None:
    """End the RPC with the error's status. Always raises."""
    if isinstance(error, grpc.aio.AbortError):
        outcome.code = _code_set_by(context)
        raise error
    if not isinstance(error, QuartetError):
        log.error("rpc_crashed", exc_info=error)
        error = InternalError()
    outcome.code, outcome.reason = error.code.value, error.reason
    rich = status.to_status(error)
    await context.abort(
        grpc.StatusCode[error.code.value], rich.message, ((status.DETAILS_KEY, rich.SerializeToString()),)
    )
