from hypothesis import given
from hypothesis import strategies as st

from services.gateway.speaking import spoken_text


def test_what_nobody_can_say_is_left_out() -> None:
    answer = "**Да** 🎉, см. https://example.org/a?b=c.\n\n```python\nprint(1)\n```\n\n- раз\n- два"
    assert spoken_text(answer) == "Да , см.\nраз\nдва"


def test_marks_of_pages_are_not_read_aloud() -> None:
    assert spoken_text("Цена – сто рублей [12], срок – год [2:7].") == "Цена – сто рублей , срок – год ."


def test_a_table_is_not_read_aloud() -> None:
    assert spoken_text("Вот:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nВсё.") == "Вот:\nВсё."


def test_a_long_answer_ends_after_a_sentence() -> None:
    spoken = spoken_text("Это предложение. " * 100, 100)
    assert len(spoken) <= 100
    assert spoken.endswith(".")


def test_an_answer_of_code_alone_has_nothing_to_say() -> None:
    assert spoken_text("```\nx = 1\n```") == ""


@given(st.text())
def test_it_never_fails_and_never_says_too_much(answer: str) -> None:
    assert len(spoken_text(answer, 50)) <= 50
