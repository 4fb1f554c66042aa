import asyncio
from contextlib import AsyncExitStack

from services.docs.desks import Desks

SCANNER, NEIGHBOUR = 1, 2


async def reads(desks: Desks, owner: int, log: list[int]) -> None:
    async with desks.taken(owner):
        log.append(owner)
        await asyncio.Event().wait()


async def test_one_owner_leaves_a_desk_to_the_others() -> None:
    desks, log = Desks(2), list[int]()
    async with asyncio.TaskGroup() as readings:
        tasks = [readings.create_task(reads(desks, SCANNER, log)) for _ in range(3)]
        await asyncio.sleep(0)
        async with desks.taken(NEIGHBOUR):
            assert log == [SCANNER]
        async with desks.borrowed():
            assert log == [SCANNER]
        for task in tasks:
            task.cancel()


async def test_with_one_desk_owners_take_turns() -> None:
    desks, log = Desks(1), list[int]()

    async def read(owner: int) -> None:
        async with desks.taken(owner):
            log.append(owner)

    async with AsyncExitStack() as first, asyncio.TaskGroup() as readings:
        await first.enter_async_context(desks.taken(SCANNER))
        for owner in (SCANNER, SCANNER, NEIGHBOUR):
            readings.create_task(read(owner))
        await asyncio.sleep(0)
        await first.aclose()
    assert log == [NEIGHBOUR, SCANNER, SCANNER]
