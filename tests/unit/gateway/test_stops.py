from collections.abc import Awaitable, Callable

from services.gateway.stops import Running, Stops, StopWish


class Settled:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Awaitable[None]:
        async def settle() -> None:
            self.count += 1

        return settle()


def an_answer(cancel: Callable[[], object] = lambda: None, *, user_id: int = 42) -> Running:
    return Running("turn-1", chat_id=42, thread_id=0, user_id=user_id, draft_id=7, cancel=cancel)


async def test_a_stop_cancels_the_answer_it_means_and_is_settled() -> None:
    cancelled: list[bool] = []
    stops, settled = Stops(), Settled()
    await stops.begin(an_answer(lambda: cancelled.append(True)))
    assert await stops.wish(StopWish(42, 42, draft_id=7), settled)
    assert cancelled == [True]
    assert settled.count == 1


async def test_a_stop_read_before_its_turn_waits_for_it_unsettled() -> None:
    stops, settled, answer = Stops(), Settled(), an_answer()
    assert not await stops.wish(StopWish(42, 42, turn_id="turn-1"), settled)
    assert settled.count == 0
    await stops.begin(answer)
    assert answer.is_stopped
    assert settled.count == 1


async def test_a_stop_in_another_chat_or_for_another_draft_changes_nothing() -> None:
    stops, answer = Stops(), an_answer()
    await stops.begin(answer)
    assert not await stops.wish(StopWish(43, 43, draft_id=7), Settled())
    assert not await stops.wish(StopWish(42, 42, draft_id=8), Settled())
    assert not answer.is_stopped


async def test_the_command_stops_the_askers_answers_and_nobody_elses() -> None:
    stops, mine, theirs = Stops(), an_answer(user_id=1), an_answer(user_id=2)
    theirs.turn_id = "turn-2"
    await stops.begin(mine)
    await stops.begin(theirs)
    assert stops.stop_now(StopWish(42, user_id=1))
    assert mine.is_stopped
    assert not theirs.is_stopped


async def test_an_answer_that_has_ended_cannot_be_stopped() -> None:
    stops, answer = Stops(), an_answer()
    await stops.begin(answer)
    stops.end(answer)
    assert not stops.stop_now(StopWish(42, 42))


async def test_where_nobody_reads_any_more_all_answers_end() -> None:
    stops, answer, elsewhere = Stops(), an_answer(), an_answer()
    elsewhere.turn_id, elsewhere.thread_id = "turn-2", 5
    await stops.begin(answer)
    await stops.begin(elsewhere)
    assert stops.stop_now(StopWish(42, 0, thread_id=None))
    assert answer.is_stopped
    assert elsewhere.is_stopped


async def test_an_edit_ends_all_that_answers_its_message_whichever_attempt_it_is() -> None:
    stops, attempt, another = Stops(), an_answer(), an_answer()
    attempt.question_id, another.turn_id, another.question_id = "turn-0", "turn-2", "turn-9"
    await stops.begin(attempt)
    await stops.begin(another)
    assert stops.stop_now(StopWish(42, 0, question_id="turn-0"))
    assert attempt.is_stopped
    assert not another.is_stopped
