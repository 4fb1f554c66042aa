import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.delivery.budgets import GROUP_MESSAGES, Budget, Priority, Window

ROUNDING_SECONDS = 1e-6


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(
    st.lists(st.tuples(st.sampled_from(Priority), st.floats(0, 3)), max_size=200),
    st.integers(1, 6),
    st.floats(0.5, 10),
)
def test_no_window_is_ever_overfilled(
    calls: list[tuple[Priority, float]], count: int, seconds: float
) -> None:
    clock = Clock()
    budget = Budget((Window(count, seconds, reserved=count // 2),), clock)
    sent: list[float] = []
    for priority, pause in calls:
        clock.now += pause
        clock.now += budget.wait_seconds(priority) + ROUNDING_SECONDS
        assert budget.wait_seconds(priority) == 0
        budget.spend()
        sent.append(clock.now)
    for at in sent:
        assert sum(at - seconds + ROUNDING_SECONDS < other <= at for other in sent) <= count


def test_progress_leaves_room_for_the_answer() -> None:
    budget = Budget(GROUP_MESSAGES, Clock())
    while budget.wait_seconds(Priority.PROGRESS) == 0:
        budget.spend()
    assert budget.wait_seconds(Priority.FINAL) == 0


def test_retry_after_stops_everything_for_its_time() -> None:
    clock = Clock()
    budget = Budget((), clock)
    budget.block(7)
    assert budget.wait_seconds(Priority.FINAL) == pytest.approx(7)
    clock.now += 7
    assert budget.wait_seconds(Priority.FINAL) == 0
    assert budget.idle
