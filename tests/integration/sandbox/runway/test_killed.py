import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from services.local.probes import HttpProbe
from tests.support.ports import free_port
from tests.support.processes import RealProcess
from tests.support.runway import RunwayStandIn

HEADERS = {"Authorization": "Bearer key_any", "X-Runway-Version": "2024-11-06"}
ORDER = {"model": "gen4.5", "promptText": "A fox", "ratio": "1280:720", "duration": 2}


@pytest_asyncio.fixture
async def process(tmp_path: Path) -> AsyncIterator[RealProcess]:
    port = free_port()
    variables = {
        "SANDBOX_RUNWAY_PORT": str(port),
        "SANDBOX_RUNWAY_DIRECTORY": str(tmp_path / "tasks"),
        "SANDBOX_RUNWAY_FILM_SECONDS": "0",
        "SANDBOX_RUNWAY_CONCURRENCY": "1",
    }
    command = (sys.executable, "-m", "services.sandbox", "runway")
    probe = HttpProbe(f"http://127.0.0.1:{port}/control/state")
    process = RealProcess("runway", command, {**os.environ, **variables}, probe, tmp_path / "runway.log")
    await process.start()
    try:
        yield process
    finally:
        await process.stop()


async def test_tasks_and_their_films_addresses_outlive_the_server(process: RealProcess) -> None:
    url = f"http://127.0.0.1:{process.environment['SANDBOX_RUNWAY_PORT']}"
    async with aiohttp.ClientSession(url, headers=HEADERS) as http:
        async with http.post("/v1/text_to_video", json=ORDER) as response:
            done = (await response.json())["id"]
        async with http.get(f"/v1/tasks/{done}") as response:
            (address,) = (await response.json())["output"]
        vendor = RunwayStandIn(http, url)
        await vendor.pace(film_seconds=60.0, concurrency=1)
        async with http.post("/v1/text_to_video", json=ORDER) as response:
            running = (await response.json())["id"]
        await process.kill()
        await process.start()
        assert [task["id"] for task in await vendor.tasks()] == [done, running]
        async with http.get(f"/v1/tasks/{running}") as response:
            assert (await response.json())["status"] == "RUNNING"
        async with http.get(address) as response:
            assert response.content_type == "video/mp4"
            assert len(await response.read()) > 1000
