from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

# From a cached lookup to an answer that streams for minutes.
DURATION_BUCKETS_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class ServerMetrics:
    """What a gRPC server counts about its calls, by service and method."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("service", "method")
        self.started = Counter(
            "quartet_grpc_server_started", "RPCs begun on the server.", labels, registry=registry
        )
        self.handled = Counter(
            "quartet_grpc_server_handled",
            "RPCs ended on the server, whatever the outcome.",
            (*labels, "code"),
            registry=registry,
        )
        self.handling_seconds = Histogram(
            "quartet_grpc_server_handling_seconds",
            "Time from the first byte of an RPC to its status.",
            labels,
            buckets=DURATION_BUCKETS_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "quartet_grpc_server_in_flight", "RPCs that are running now.", labels, registry=registry
        )
