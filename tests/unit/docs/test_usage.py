from services.docs.writer import Usage


def test_what_was_used_on_the_way_is_added() -> None:
    whole = Usage("openai", "m", 100, 10, 50, 5).plus([Usage("openai", "m", 1, 2, 3, 4)] * 2)
    assert whole == Usage("openai", "m", 102, 14, 56, 13)


def test_what_another_model_used_makes_of_the_sum_an_estimate() -> None:
    assert Usage("openai", "m", 1, 0, 1).plus([Usage("google", "g", 1, 0, 1)]).estimated
