import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)


class Span(NamedTuple):
    service: str
    name: str
    span_id: bytes
    parent_id: bytes


class Collector(TraceServiceServicer):
    """An OpenTelemetry collector that keeps the spans it gets, by trace id."""

    def __init__(self) -> None:
        self.url = ""
        self.traces: dict[str, list[Span]] = defaultdict(list)
        self._changed = asyncio.Condition()

    async def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the RPC's name
        async with self._changed:
            for resource in request.resource_spans:
                attributes = {item.key: item.value.string_value for item in resource.resource.attributes}
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        found = Span(attributes["service.name"], span.name, span.span_id, span.parent_span_id)
                        self.traces[span.trace_id.hex()].append(found)
            self._changed.notify_all()
        return pb.ExportTraceServiceResponse()

    async def wait_for(
        self, fits: Callable[[list[Span]], bool], *, timeout_seconds: float = 30
    ) -> list[Span]:
        """The first trace whose spans fit. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds), self._changed:
            while True:
                for spans in self.traces.values():
                    if fits(spans):
                        return spans
                await self._changed.wait()


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Run a collector on a free port for the block."""
    collector = Collector()
    server = grpc.aio.server()
    # The package's stubs are typed, its registering functions are not.
    add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]
    collector.url = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    try:
        yield collector
    finally:
        await server.stop(None)
