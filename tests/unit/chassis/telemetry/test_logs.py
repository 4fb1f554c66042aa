import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from services.chassis.settings import LogFormat
from services.chassis.telemetry import logs

SECRET = "sk-proj/very+secret=key"


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def _configured(log_format: LogFormat = LogFormat.JSON, level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    logs.configure("example", level=level, log_format=log_format, secrets=[SECRET], stream=stream)
    return stream


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_with_its_fields() -> None:
    stream = _configured()

    structlog.get_logger("here").info("turn_started", chat="ключ", count=2)

    (line,) = _lines(stream)
    assert line["event"] == "turn_started"
    assert (line["service"], line["level"], line["chat"], line["count"]) == ("example", "info", "ключ", 2)
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("name", ["aiohttp.server", "nats", "grpc", "openai", "httpx2", "anything"])
def test_the_libraries_lines_go_the_same_way(name: str) -> None:
    stream = _configured()

    logging.getLogger(name).warning("could not reach %s", f"https://host/?key={SECRET}")

    (line,) = _lines(stream)
    assert line["event"] == "could not reach https://host/?key=[redacted]"
    assert (line["logger"], line["service"]) == (name, "example")


@pytest.mark.parametrize("name", ["httpx", "httpx2", "openai", "aiohttp.access"])
def test_a_line_per_request_is_not_wanted(name: str) -> None:
    stream = _configured(level="DEBUG")

    logging.getLogger(name).info("HTTP Request: POST https://host/v1/responses")

    assert stream.getvalue() == ""


@pytest.mark.parametrize("log_format", list(LogFormat))
def test_a_secret_is_nowhere_in_a_line(log_format: LogFormat) -> None:
    class Holder:
        def __repr__(self) -> str:
            return f"Holder({SECRET})"

    stream = _configured(log_format)
    log = structlog.get_logger()

    log.info(f"event {SECRET}", field=SECRET, nested={"deep": [SECRET]}, thing=Holder(), **{SECRET: 1})
    try:
        raise ValueError(f"bad key {SECRET}")
    except ValueError:
        log.exception("failed")
        logging.getLogger("library").exception("failed with %r", SECRET)
    log.warning("late", exc_info=ConnectionError(f"https://h/?k=sk-proj%2Fvery%2Bsecret%3Dkey {SECRET}"))

    assert SECRET not in stream.getvalue()
    assert "very%2Bsecret" not in stream.getvalue()
    assert stream.getvalue().count("[redacted]") >= 9
    assert "Traceback" in stream.getvalue()
