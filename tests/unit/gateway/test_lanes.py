import asyncio

from services.gateway.lanes import Job, Lanes, Leave


def writes(to: list[str], name: str, after: asyncio.Event | None = None) -> Job:
    async def job(_leave: Leave) -> None:
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


def leaves(to: list[str], name: str, after: asyncio.Event) -> Job:
    async def job(leave: Leave) -> None:
        leave()
        leave()
        await after.wait()
        to.append(name)

    return job


async def test_a_job_that_leaves_its_lane_lets_the_next_one_begin_in_order() -> None:
    ended: list[str] = []
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group)
        lanes.submit("a", leaves(ended, "drawing", gate))
        lanes.submit("a", writes(ended, "a1"))
        lanes.submit("a", writes(ended, "a2"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert ended == ["a1", "a2"]
        assert len(lanes) == 0
        lanes.submit("a", writes(ended, "a3"))
        await asyncio.sleep(0)
        assert ended == ["a1", "a2", "a3"]
        gate.set()
    assert ended == ["a1", "a2", "a3", "drawing"]


async def test_closing_waits_for_jobs_that_have_left_their_lane() -> None:
    ended: list[str] = []
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lanes = Lanes(group)
        lanes.submit("a", leaves(ended, "drawing", gate))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(gate.set)
        await lanes.close(grace_seconds=30)
        assert ended == ["drawing"]
