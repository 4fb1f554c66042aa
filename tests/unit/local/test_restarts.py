from services.local.restarts import Restarts


def test_the_first_restart_is_fast_and_each_next_one_slower() -> None:
    restarts = Restarts(clock=lambda: 0.0, jitter=lambda: 0.0)
    assert [restarts.delay_seconds() for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


def test_after_ten_crashes_in_a_minute_there_is_no_restart() -> None:
    restarts = Restarts(clock=lambda: 0.0)
    assert all(restarts.delay_seconds() is not None for _ in range(9))
    assert restarts.delay_seconds() is None


def test_old_crashes_are_forgiven() -> None:
    now = 0.0
    restarts = Restarts(clock=lambda: now, jitter=lambda: 0.0)
    for _ in range(9):
        restarts.delay_seconds()
    now = 60.0
    assert restarts.delay_seconds() == 0.2
