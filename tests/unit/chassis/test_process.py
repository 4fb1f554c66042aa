import json
import os
import signal
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, sys
import structlog
from services.chassis import process
from services.chassis.errors import StartupError
from services.chassis.settings import Port, ServiceSettings

class Settings(ServiceSettings):
    grpc_port: Port = 50061
    metrics_port: Port = 9101

async def wait(settings, stop):
    print("ready", flush=True)
    await stop.wait()
    structlog.get_logger().info("stopping")

async def ignore_stop(settings, stop):
    print("ready", flush=True)
    await asyncio.Event().wait()

async def crash(settings, stop):
    raise ValueError("token hunter2secret")

async def refuse(settings, stop):
    async with asyncio.TaskGroup() as group:
        group.create_task(deny())

async def deny():
    raise StartupError("Set THIS to that.")

process.launch("example", Settings, globals()[sys.argv[1]])
"""


def _start(main: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, main],
        env={
            **os.environ,
            "QUARTET_ENVIRONMENT": "test",
            "NATS_URL": "nats://a:hunter2secret@b",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_in_good_order(number: signal.Signals) -> None:
    with _start("wait") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)

    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in output.splitlines()] == ["signal_received", "stopping"]
    assert errors == ""


def test_a_second_signal_ends_the_process_that_did_not_heed_the_first() -> None:
    with _start("ignore_stop") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert json.loads(process.stdout.readline())["event"] == "signal_received"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert process.returncode == 1


def test_a_crash_is_one_line_without_the_secret() -> None:
    with _start("crash") as process:
        output, errors = process.communicate(timeout=30)

    assert process.returncode == 1
    (line,) = output.splitlines()
    assert json.loads(line)["level"] == "critical"
    assert "ValueError" in line
    assert "hunter2secret" not in line
    assert errors == ""


def test_a_reason_not_to_start_is_told_without_a_traceback() -> None:
    with _start("refuse") as process:
        output, errors = process.communicate(timeout=30)

    assert process.returncode == 2
    assert errors == "example cannot start. Set THIS to that.\n"
    assert output == ""


def test_wrong_settings_are_told_without_a_traceback() -> None:
    with _start("wait", GRPC_PORT="seventy") as process:
        _, errors = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "GRPC_PORT" in errors
    assert "Traceback" not in errors
