import asyncio
from contextlib import aclosing

import pytest

from services.chassis.errors import ProviderInterrupted, ServiceUnavailable
from services.text.conversation import Finish, Usage
from services.text.runs import Answered, Run, Runs

ANSWERED = Answered(Finish.STOP, Usage("openai", "m", 1, 1), wasted_runs=0)


class Speaker:
    """Work that says a word and then goes on for as long as it is let."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.was_cancelled = False

    async def work(self, run: Run) -> Answered:
        run.output.put("word")
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return ANSWERED


def runs(max_runs: int = 10) -> Runs:
    return Runs(max_runs=max_runs, interval_seconds=0)


async def test_a_run_yields_its_text_then_how_it_ended() -> None:
    speaker = Speaker()
    speaker.may_end.set()
    run = runs().begin("c", "t", "r", speaker.work)
    assert [event async for event in run.events()] == ["word", ANSWERED]


async def test_leaving_early_cancels_the_work() -> None:
    speaker = Speaker()
    run = runs().begin("c", "t", "r", speaker.work)
    async with aclosing(run.events()) as events:
        await anext(events)
    await run.ended()
    assert speaker.was_cancelled


async def test_leaving_after_the_vendor_is_done_lets_the_answer_be_stored() -> None:
    is_stored = asyncio.Event()

    async def work(run: Run) -> Answered:
        run.output.put("word")
        run.is_answered = True
        await asyncio.sleep(0)
        is_stored.set()
        return ANSWERED

    started = runs()
    async with aclosing(started.begin("c", "t", "r", work).events()) as events:
        await anext(events)
    await started.ended()
    assert is_stored.is_set()


async def test_a_newer_run_of_a_turn_begins_when_the_older_has_ended() -> None:
    started, older, newer = runs(), Speaker(), Speaker()
    first = started.begin("c", "t", "r", older.work)
    events = first.events()
    await anext(events)
    newer.may_end.set()
    second = started.begin("c", "t", "r", newer.work)
    assert [event async for event in second.events()] == ["word", ANSWERED]
    assert older.was_cancelled
    with pytest.raises(ProviderInterrupted):
        await anext(events)


@pytest.mark.parametrize(("run_id", "is_repeated"), [("r", True), ("r2", False)])
async def test_only_the_same_run_asked_for_again_forgets_what_was_said(
    run_id: str, is_repeated: bool
) -> None:
    started, newer = runs(), Speaker()
    older = started.begin("c", "t", "r", Speaker().work)
    newer.may_end.set()
    started.begin("c", "t", run_id, newer.work)
    assert older.is_repeated is is_repeated
    await started.ended()


async def test_what_was_said_is_stored_although_a_newer_run_comes_meanwhile() -> None:
    stored, newer = asyncio.Event(), Speaker()

    async def work(run: Run) -> Answered:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            stored.set()
            raise
        return ANSWERED

    started = runs()
    older = started.begin("c", "t", "r", work)
    await asyncio.sleep(0)
    older.cancel()
    await asyncio.sleep(0)
    newer.may_end.set()
    started.begin("c", "t", "r2", newer.work)
    await started.ended()
    assert stored.is_set()


async def test_other_turns_are_left_alone() -> None:
    started, one, other = runs(), Speaker(), Speaker()
    first, second = started.begin("c", "t1", "r", one.work), started.begin("c", "t2", "r", other.work)
    one.may_end.set()
    other.may_end.set()
    assert [event async for event in first.events()] == ["word", ANSWERED]
    assert [event async for event in second.events()] == ["word", ANSWERED]


async def test_too_many_are_refused_until_one_has_ended_even_one_that_never_began() -> None:
    started = runs(max_runs=1)
    run = started.begin("c", "t", "r", Speaker().work)
    with pytest.raises(ServiceUnavailable) as raised:
        started.begin("c", "t2", "r", Speaker().work)
    assert raised.value.retry_after_seconds
    run.cancel()
    await run.ended()
    await asyncio.sleep(0)
    last = Speaker()
    last.may_end.set()
    assert [event async for event in started.begin("c", "t3", "r", last.work).events()] == ["word", ANSWERED]


async def test_a_failure_that_nobody_hears_is_no_leak() -> None:
    async def work(run: Run) -> Answered:
        raise ServiceUnavailable

    run = runs().begin("c", "t", "r", work)
    await run.ended()
    del run
