from services.chassis.backoff import Backoff


def test_pauses_double_up_to_the_longest_and_spread_around_it() -> None:
    backoff = Backoff(1.0, longest_seconds=4.0)
    for length in (1.0, 2.0, 4.0, 4.0):
        assert 0.5 * length <= backoff.next_seconds() <= 1.5 * length


def test_two_who_failed_together_do_not_try_again_together() -> None:
    pauses = {Backoff(1.0, longest_seconds=4.0).next_seconds() for _ in range(20)}
    assert len(pauses) > 1


def test_after_a_success_the_pauses_begin_anew() -> None:
    backoff = Backoff(1.0, longest_seconds=64.0)
    for _ in range(5):
        backoff.next_seconds()
    backoff.reset()
    assert backoff.next_seconds() <= 1.5
