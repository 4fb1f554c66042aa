import asyncio
import sys
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)

PROGRAM = """
import asyncio
from services.chassis.telemetry import tracing
from tests.integration.chassis.rpc import probing

async def echo(request, context):
    with tracing.span("work"):
        yield request

async def main():
    async with probing(echo) as caller:
        with tracing.span("update"):
            await caller.parts("unary_unary", b"")
            await caller.parts("stream_stream", b"")

import sys
with tracing.tracing("example", sys.argv[1]):
    asyncio.run(main())
"""


class Collector(TraceServiceServicer):
    """An OTLP collector that keeps the spans it is sent."""

    def __init__(self) -> None:
        self.spans: list[Any] = []

    async def Export(self, request: ExportTraceServiceRequest, context: Any) -> ExportTraceServiceResponse:  # noqa: N802  # the contract's name
        self.spans += [
            span
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        return ExportTraceServiceResponse()


async def test_one_trace_leads_from_the_caller_into_the_handler_and_to_the_collector() -> None:
    collector = Collector()
    server = grpc.aio.server()
    add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]  # generated
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    # In a process of its own, because OpenTelemetry lets a process choose its provider once.
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, f"http://127.0.0.1:{port}")
    assert await asyncio.wait_for(process.wait(), 30) == 0
    await server.stop(None)

    by_id = {span.span_id: span for span in collector.spans}
    assert len({span.trace_id for span in collector.spans}) == 1
    works = [span for span in collector.spans if span.name == "work"]
    assert len(works) == 2
    for work in works:
        served = by_id[work.parent_span_id]
        called = by_id[served.parent_span_id]
        assert served.name == called.name
        assert by_id[called.parent_span_id].name == "update"
