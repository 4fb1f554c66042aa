import json
import subprocess
import sys

from services.chassis.telemetry import tracing

PROGRAM = """
import json, sys
import structlog
from services.chassis.settings import LogFormat
from services.chassis.telemetry import logs, tracing

logs.configure("example", level="INFO", log_format=LogFormat.JSON)
with tracing.tracing("example", None):
    with tracing.span("outer"):
        headers = {}
        tracing.inject(headers)
        structlog.get_logger().info("sent")
    with tracing.span("inner", context=tracing.extract(headers)):
        structlog.get_logger().info("received")
    with tracing.span("other", context=tracing.extract({})):
        structlog.get_logger().info("unrelated")
print(json.dumps(headers))
"""


def test_a_trace_goes_on_at_the_other_side_of_the_headers() -> None:
    # In a process of its own, because OpenTelemetry lets a process choose its provider once.
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30, check=True
    )

    sent, received, unrelated, headers = map(json.loads, output.stdout.splitlines())
    assert sent["trace_id"] == received["trace_id"] != unrelated["trace_id"]
    assert sent["span_id"] != received["span_id"]
    assert headers["traceparent"].startswith(f"00-{sent['trace_id']}-{sent['span_id']}-")
    assert output.stderr == ""


def test_without_a_provider_nothing_is_sent() -> None:
    headers: dict[str, str] = {}
    with tracing.span("outer"):
        tracing.inject(headers)

    assert headers == {}
