import asyncio
from collections.abc import Awaitable, Callable

from services.gateway.lanes import Lanes


def writes(to: list[str], name: str, after: asyncio.Event | None = None) -> Callable[[], Awaitable[None]]:
    async def job() -> None:
        if after:
            await after.wait()
        to.append(name)

    return job


async def test_jobs_of_one_lane_run_in_order_and_other_lanes_do_not_wait() -> None:
    ended: list[str] = []
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group)
        lanes.submit("a", writes(ended, "a1", gate))
        lanes.submit("a", writes(ended, "a2"))
        lanes.submit("b", writes(ended, "b1"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert ended == ["b1"]
        gate.set()
    assert ended == ["b1", "a1", "a2"]
    assert len(lanes) == 0


async def test_closing_lets_the_running_job_end_and_begins_no_other() -> None:
    ended: list[str] = []
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group)
        lanes.submit("a", writes(ended, "a1", gate))
        lanes.submit("a", writes(ended, "a2"))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(gate.set)
        await lanes.close(grace_seconds=30)
    assert ended == ["a1"]


async def test_closing_without_grace_cancels_what_runs() -> None:
    ended: list[str] = []
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group)
        lanes.submit("a", writes(ended, "a1", asyncio.Event()))
        await asyncio.sleep(0)
        await lanes.close(grace_seconds=0)
    assert ended == []
