import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.admin.workloads.processes import Processes
from services.admin.workloads.workload import Home
from services.chassis.errors import PermissionDenied

# As a service is started, but it only waits.
WAITS = "import time; time.sleep(60)"


@pytest.fixture
async def pid() -> AsyncIterator[int]:
    command = [sys.executable, "-c", WAITS, "-m", "services.video.worker"]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    yield process.pid
    process.kill()
    await process.wait()


async def test_a_service_that_runs_on_this_machine_is_shown(pid: int) -> None:
    seen = await Processes("1.2.3").look()
    assert seen.home is Home.MACHINE
    (worker,) = [each for each in seen.workloads if each.component == "video-worker"]
    (pod,) = [each for each in worker.pods if each.name == f"video.worker {pid}"]
    assert pod.is_ready
    assert pod.version == "1.2.3"
    assert pod.memory_bytes > 1_000_000
    assert pod.started_at is not None
    assert abs(datetime.now(UTC) - pod.started_at) < timedelta(seconds=30)


async def test_on_a_machine_nothing_is_offered_and_nothing_done(pid: int) -> None:
    processes = Processes("1.2.3")
    assert not any(workload.actions for workload in (await processes.look()).workloads)
    for change in (
        processes.scale("text", 2, generation=0),
        processes.restart("text", generation=0),
        processes.roll_back("text", 1, generation=0),
    ):
        with pytest.raises(PermissionDenied):
            await change


async def test_a_process_that_is_no_service_is_not_shown() -> None:
    for module in ("services.local", "services.docs.jail", "http.server"):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", WAITS, "-m", module)
        try:
            seen = await Processes("").look()
            assert not [
                pod for each in seen.workloads for pod in each.pods if pod.name.endswith(f" {process.pid}")
            ]
        finally:
            process.kill()
            await process.wait()
