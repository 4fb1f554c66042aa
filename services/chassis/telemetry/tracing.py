from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

INSTRUMENTATION: Final = "quartet"
Attribute = str | bool | int | float


@contextmanager
def tracing(service: str, otlp_endpoint: str | None) -> Iterator[None]:
    """Give the process real trace ids, and export spans where there is a collector.

    OpenTelemetry keeps the provider for the whole process: enter this once. What is not yet exported is
    flushed at the end.
    """
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    if otlp_endpoint:
        exporter = OTLPSpanExporter(endpoint=otlp_endpoint, insecure=otlp_endpoint.startswith("http://"))
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


@contextmanager
def span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, context: Context | None = None, **attributes: Attribute
) -> Iterator[Span]:
    """Run the block inside a span. An exception marks the span as failed and goes on."""
    tracer = trace.get_tracer(INSTRUMENTATION)
    with tracer.start_as_current_span(name, context=context, kind=kind, attributes=attributes) as current:
        yield current


def start(name: str, kind: SpanKind) -> Span:
    """Start a span that is not the current one; the caller ends it.

    For async generators: they may be resumed and closed in another context, where a current span of theirs
    could not be taken back.
    """
    return trace.get_tracer(INSTRUMENTATION).start_span(name, kind=kind)


def trace_id() -> str:
    """The id of the trace that goes on here; empty where none does."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def inject(headers: MutableMapping[str, str], context: Context | None = None) -> None:
    """Add W3C `traceparent` to the headers. https://www.w3.org/TR/trace-context/"""
    TraceContextTextMapPropagator().inject(headers, context)


def extract(headers: Mapping[str, str]) -> Context:
    """Read W3C `traceparent`; without one the context is empty and a new trace starts."""
    return TraceContextTextMapPropagator().extract(dict(headers), Context())
