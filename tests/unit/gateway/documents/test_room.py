import asyncio

from services.gateway.documents.room import Room


async def test_files_wait_until_there_is_room_and_a_vast_one_until_it_is_alone() -> None:
    room, order = Room(10), list[str]()
    both, released = asyncio.Event(), asyncio.Event()

    async def hold(name: str, size_bytes: int) -> None:
        async with room.take(size_bytes):
            order.append(name)
            if len(order) == 2:
                both.set()
            await released.wait()

    first = asyncio.create_task(hold("first", 6))
    await asyncio.sleep(0)
    vast = asyncio.create_task(hold("vast", 1000))
    small = asyncio.create_task(hold("small", 4))
    await both.wait()
    assert order == ["first", "small"]
    released.set()
    await asyncio.gather(first, vast, small)
    assert order == ["first", "small", "vast"]


async def test_whoever_gives_up_waiting_takes_no_room() -> None:
    room = Room(10)
    async with room.take(10):
        waiting = asyncio.create_task(_take(room))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
    async with room.take(10):
        pass


async def _take(room: Room) -> None:
    async with room.take(1):
        pass
