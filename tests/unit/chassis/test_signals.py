import asyncio

from services.chassis.signals import Broadcast


async def test_everyone_who_waits_is_woken() -> None:
    happened = Broadcast()
    waiting = [asyncio.create_task(happened.wait()) for _ in range(3)]
    await asyncio.sleep(0)

    happened.send()

    await asyncio.gather(*waiting)


async def test_what_happened_before_wakes_nobody() -> None:
    happened = Broadcast()
    happened.send()
    waiting = asyncio.create_task(happened.wait())
    await asyncio.sleep(0)
    assert not waiting.done()

    happened.send()

    await waiting


async def test_a_waiter_that_gave_up_disturbs_nobody() -> None:
    happened = Broadcast()
    gone, staying = asyncio.create_task(happened.wait()), asyncio.create_task(happened.wait())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait({gone})

    happened.send()

    await staying
