import asyncio
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Final, Self

import grpc
from grpc.aio import Metadata
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from services.chassis import status
from services.chassis.errors import QuartetError
from services.chassis.telemetry import tracing

DEFAULT_UNARY_TIMEOUT_SECONDS: Final = 10.0


class TranslatingChannel(grpc.aio.Channel):
    """A channel whose calls raise QuartetError, carry the trace, and end when nobody wants them any more.

    Interceptors of grpc.aio would do for the first two. But the calls of grpc.aio are reference cycles, with
    and without interceptors: a reader that leaves its loop would keep the server, and the vendor behind it,
    at work until the garbage collector comes by.
    """

    def __init__(self, inner: grpc.aio.Channel) -> None:
        self._inner = inner

    def unary_unary(self, method: str, *arguments: Any, **options: Any) -> Any:
        start = self._inner.unary_unary(method, *arguments, **options)
        return _Method(method, start, _UnaryCall, DEFAULT_UNARY_TIMEOUT_SECONDS)

    def unary_stream(self, method: str, *arguments: Any, **options: Any) -> Any:
        return _Method(method, self._inner.unary_stream(method, *arguments, **options), _StreamCall)

    def stream_unary(self, method: str, *arguments: Any, **options: Any) -> Any:
        return _Method(method, self._inner.stream_unary(method, *arguments, **options), _UnaryCall)

    def stream_stream(self, method: str, *arguments: Any, **options: Any) -> Any:
        return _Method(method, self._inner.stream_stream(method, *arguments, **options), _StreamCall)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return self._inner.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        await self._inner.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        await self._inner.channel_ready()

    async def close(self, grace: float | None = None) -> None:
        await self._inner.close(grace)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


class _Call:
    """One RPC. What is not defined here, such as `code()` or `write()`, is the inner call's."""

    def __init__(self, inner: Any, span: Span) -> None:
        self._inner = inner
        self._span = span

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __del__(self) -> None:
        self.cancel()

    def cancel(self) -> bool:
        """End the RPC. Without effect on one that has ended."""
        self._end()
        cancelled: bool = self._inner.cancel()
        return cancelled

    def _fail(self, error: grpc.aio.AioRpcError) -> QuartetError:
        translated = status.from_rpc_error(error)
        self._span.set_status(StatusCode.ERROR, translated.reason)
        self._end()
        return translated

    def _end(self) -> None:
        if self._span.is_recording():
            self._span.end()


class _UnaryCall(_Call):
    """An RPC with one response: await it."""

    def __await__(self) -> Generator[Any, None, Any]:
        try:
            response = yield from self._inner.__await__()
        except grpc.aio.AioRpcError as error:
            raise self._fail(error) from error
        except asyncio.CancelledError:
            self.cancel()
            raise
        self._end()
        return response


class _StreamCall(_Call):
    """An RPC with a stream of responses: iterate over it, or `read` until `grpc.aio.EOF`."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        response = await self.read()
        if response is grpc.aio.EOF:
            raise StopAsyncIteration
        return response

    async def read(self) -> Any:
        try:
            response = await self._inner.read()
        except grpc.aio.AioRpcError as error:
            raise self._fail(error) from error
        except asyncio.CancelledError:
            # grpc.aio forgets to, when it comes between the sent request and the first response.
            self.cancel()
            raise
        if response is grpc.aio.EOF:
            self._end()
        return response


class _Method:
    """What a stub calls: it starts an RPC with the trace in its metadata and, for some, a deadline."""

    def __init__(
        self, name: str, start: Any, call: Callable[[Any, Span], _Call], timeout_seconds: float | None = None
    ) -> None:
        self._name = name.removeprefix("/")
        self._start = start
        self._call = call
        self._timeout_seconds = timeout_seconds

    def __call__(
        self, *arguments: Any, timeout: float | None = None, metadata: Any = None, **options: Any
    ) -> _Call:
        span = tracing.start(self._name, SpanKind.CLIENT)
        headers: dict[str, str] = {}
        tracing.inject(headers, trace.set_span_in_context(span))
        inner = self._start(
            *arguments,
            timeout=self._timeout_seconds if timeout is None else timeout,
            metadata=Metadata(*(metadata or ()), *headers.items()),
            **options,
        )
        return self._call(inner, span)
