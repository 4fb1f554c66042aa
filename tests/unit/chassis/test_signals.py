import asyncio

from services.chassis.signals import Broadcast, ended


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


async def test_what_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await ended([task])
    assert task.cancelled()
    assert swallowed == 1
