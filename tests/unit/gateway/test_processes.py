import os
import subprocess
import sys

import pytest

from services.gateway.processes import ProcessIdentity

CODE = """
from services.gateway.processes import ProcessIdentity
print(ProcessIdentity.own(), flush=True)
input()
"""


def test_an_identity_is_read_as_it_was_written() -> None:
    own = ProcessIdentity.own()
    assert ProcessIdentity.parse(str(own)) == own


def test_a_living_process_is_not_dead() -> None:
    assert not ProcessIdentity.own().is_certainly_dead


def test_a_number_used_again_is_another_life() -> None:
    assert ProcessIdentity.own()._replace(start_ticks="1").is_certainly_dead


def test_nothing_is_known_of_processes_elsewhere() -> None:
    elsewhere = ProcessIdentity.own()._replace(place="another-boot.1", pid=2**22 + 1)
    assert not elsewhere.is_certainly_dead


@pytest.mark.parametrize("text", ["", "dead", "place/pid@5", "/1@5"])
def test_what_is_no_identity_is_not_read_as_one(text: str) -> None:
    assert ProcessIdentity.parse(text) is None


def test_a_process_that_ended_is_dead_also_before_anyone_has_asked_for_its_exit_code() -> None:
    process = subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert process.stdout is not None
    identity = ProcessIdentity.parse(process.stdout.readline().decode().strip())
    assert identity is not None
    assert not identity.is_certainly_dead
    process.kill()
    # Waits, and leaves the process a zombie.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert identity.is_certainly_dead
    process.communicate()
    assert identity.is_certainly_dead
