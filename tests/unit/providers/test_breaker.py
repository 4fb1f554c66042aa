import pytest

from services.chassis.errors import ProviderOutOfFunds, ProviderRateLimited, ProviderUnavailable
from services.providers.breaker import Breaker, BreakerPolicy, Change, State

POLICY = BreakerPolicy(max_failures=3, open_seconds=4.0, longest_open_seconds=16.0)
# Jitter makes a pause at most half as long again.
FIRST_PAUSE_SECONDS = 6.0
LONGEST_PAUSE_SECONDS = 24.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def changes() -> list[Change]:
    return []


@pytest.fixture
def breaker(clock: Clock, changes: list[Change]) -> Breaker:
    return Breaker(POLICY, changes.append, clock=clock)


def fail(breaker: Breaker, times: int = 1, *, is_proven: bool = False) -> None:
    for _ in range(times):
        permit = breaker.admit()
        permit.failed(ProviderUnavailable(), is_proven=is_proven)
        permit.release()


def state(breaker: Breaker) -> State:
    return breaker.state


def test_opens_after_so_many_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.admit().succeeded()
    fail(breaker, 2)
    assert state(breaker) is State.CLOSED
    fail(breaker)
    assert state(breaker) is State.OPEN
    assert not breaker.would_admit


def test_opens_at_once_where_all_will_fail(breaker: Breaker) -> None:
    breaker.admit().failed(ProviderOutOfFunds(), is_proven=True)
    assert state(breaker) is State.OPEN
    assert isinstance(breaker.error, ProviderOutOfFunds)


def test_a_thousand_failures_at_once_open_it_once(breaker: Breaker, changes: list[Change]) -> None:
    permits = [breaker.admit() for _ in range(1000)]
    for permit in permits:
        permit.failed(ProviderUnavailable())
    assert [change.state for change in changes] == [State.OPEN]


def test_lets_exactly_one_trial_through_when_its_time_is_over(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += FIRST_PAUSE_SECONDS
    assert state(breaker) is State.HALF_OPEN
    trial = breaker.admit()
    assert not breaker.would_admit
    trial.succeeded()
    assert state(breaker) is State.CLOSED
    assert breaker.would_admit


def test_a_cancelled_trial_makes_room_for_the_next(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += FIRST_PAUSE_SECONDS
    breaker.admit().release()
    assert state(breaker) is State.HALF_OPEN
    assert breaker.would_admit


def test_each_failed_trial_opens_it_for_longer_up_to_a_limit(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    waits = [breaker.wait_seconds]
    for _ in range(8):
        clock.now += LONGEST_PAUSE_SECONDS
        fail(breaker)
        waits.append(breaker.wait_seconds)
    assert 2.0 <= waits[0] <= FIRST_PAUSE_SECONDS
    assert all(8.0 <= wait <= LONGEST_PAUSE_SECONDS for wait in waits[2:])


def test_stays_open_as_long_as_the_vendor_wishes_but_not_for_ever(breaker: Breaker) -> None:
    breaker.admit().failed(ProviderRateLimited(retry_after_seconds=3600), is_proven=True)
    assert breaker.wait_seconds == POLICY.longest_open_seconds


def test_what_was_asked_before_it_opened_tells_nothing_new(breaker: Breaker, clock: Clock) -> None:
    early = breaker.admit()
    fail(breaker, 3)
    early.succeeded()
    assert state(breaker) is State.OPEN
    clock.now += FIRST_PAUSE_SECONDS
    early.failed(ProviderUnavailable(), is_proven=True)
    assert state(breaker) is State.HALF_OPEN


def test_an_answer_that_breaks_off_after_a_good_start_counts_as_a_failure(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now += FIRST_PAUSE_SECONDS
    trial = breaker.admit()
    trial.succeeded()
    trial.failed(ProviderUnavailable())
    assert breaker.is_troubled
    assert state(breaker) is State.CLOSED


def test_tells_how_long_the_trouble_lasts(breaker: Breaker, clock: Clock, changes: list[Change]) -> None:
    fail(breaker, 3)
    clock.now += FIRST_PAUSE_SECONDS
    fail(breaker)
    assert changes[-1].troubled_seconds == FIRST_PAUSE_SECONDS
    clock.now += LONGEST_PAUSE_SECONDS
    breaker.admit().succeeded()
    assert changes[-1] == Change(State.CLOSED)
