import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.failpoints import FailpointReached, Failpoints
from services.chassis.settings import Environment

PROGRAM = """
import asyncio, sys
from services.chassis.failpoints import Failpoints
from services.chassis.settings import Environment
asyncio.run(Failpoints(sys.argv[1], Environment.TEST).hit("before_ack"))
print("passed")
"""


def _run(spec: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, spec], capture_output=True, text=True, timeout=30, check=False
    )


def test_a_kill_fires_once_and_spares_the_process_that_comes_after(tmp_path: Path) -> None:
    spec = f"before_ack=kill@{tmp_path}/fired"

    assert _run(spec).returncode == -signal.SIGKILL
    assert _run(spec).stdout == "passed\n"


async def test_an_error_fires_each_time_without_a_marker() -> None:
    points = Failpoints("before_ack=error;after_ack=sleep:0", Environment.TEST)

    for _ in range(2):
        with pytest.raises(FailpointReached):
            await points.hit("before_ack")
    await points.hit("after_ack")


async def test_a_place_that_nobody_named_does_nothing() -> None:
    await Failpoints("", Environment.PRODUCTION).hit("before_ack")


@pytest.mark.parametrize("environment", [Environment.LOCAL, Environment.PRODUCTION])
def test_failpoints_are_refused_outside_of_tests(environment: Environment) -> None:
    with pytest.raises(ValueError, match="QUARTET_ENVIRONMENT=test"):
        Failpoints("before_ack=kill", environment)


@pytest.mark.parametrize("spec", ["before_ack", "before_ack=explode", "=kill", "a=sleep:soon"])
def test_a_spec_that_cannot_be_read_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match=r"FAILPOINTS|could not convert"):
        Failpoints(spec, Environment.TEST)
