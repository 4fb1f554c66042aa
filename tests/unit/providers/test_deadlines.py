import asyncio

import pytest

from services.providers.deadlines import Deadlines, Timeouts


def timeouts(first: float = 9.0, following: float = 9.0, total: float = 9.0) -> Timeouts:
    return Timeouts(first_token_seconds=first, next_token_seconds=following, total_seconds=total)


@pytest.mark.parametrize("limits", [timeouts(first=0.0), timeouts(total=0.0)])
async def test_a_vendor_that_says_nothing_is_given_up(limits: Timeouts) -> None:
    with Deadlines(limits) as deadlines, pytest.raises(TimeoutError), deadlines.guard():
        await asyncio.Event().wait()


async def test_a_token_moves_the_deadline() -> None:
    with Deadlines(timeouts(first=0.0)) as deadlines:
        with deadlines.guard():
            pass
        deadlines.advance()
        with deadlines.guard():
            await asyncio.sleep(0)
            await asyncio.sleep(0)


async def test_the_next_token_has_a_deadline_of_its_own() -> None:
    with Deadlines(timeouts(following=0.0)) as deadlines:
        deadlines.advance()
        with pytest.raises(TimeoutError), deadlines.guard():
            await asyncio.Event().wait()


async def test_what_has_come_is_heard_even_late() -> None:
    with Deadlines(timeouts(first=0.0)) as deadlines:
        with deadlines.guard():
            pass
        with pytest.raises(TimeoutError), deadlines.guard():
            await asyncio.Event().wait()


async def test_somebody_elses_cancellation_stays_one() -> None:
    waiting = asyncio.Event()

    async def wait() -> None:
        with Deadlines(timeouts()) as deadlines, deadlines.guard():
            waiting.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_vendor_that_falls_silent_after_its_first_token_is_given_up_at_once_for_that() -> None:
    with Deadlines(timeouts(first=60.0, following=0.0)) as deadlines:
        with deadlines.guard():
            await asyncio.sleep(0)
        deadlines.advance()
        with pytest.raises(TimeoutError), deadlines.guard():
            await asyncio.Event().wait()
