from services.admin.panel.access.guesses import MOST_OF_ALL, MOST_OF_ONE, Guesses


def test_an_address_that_fails_again_and_again_has_to_wait_and_others_need_not() -> None:
    guesses = Guesses()
    for _ in range(MOST_OF_ONE):
        assert not guesses.must_wait("203.0.113.1")
        guesses.failed("203.0.113.1")
    assert guesses.must_wait("203.0.113.1")
    assert not guesses.must_wait("203.0.113.2")


def test_many_addresses_together_have_to_wait_too() -> None:
    guesses = Guesses()
    for number in range(MOST_OF_ALL):
        guesses.failed(f"203.0.113.{number}")
    assert guesses.must_wait("198.51.100.1")
