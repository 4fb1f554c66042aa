from hypothesis import given
from hypothesis import strategies as st

from services.sandbox.vendor import tokens


@given(st.text())
def test_tokens_joined_are_the_text_again(text: str) -> None:
    assert "".join(tokens.split(text)) == text
    assert tokens.count(text) == len(tokens.split(text))


def test_the_counting_rule() -> None:
    assert tokens.split("Привет, мир!") == ["Прив", "ет", ",", " мир", "!"]


def test_only_a_long_beginning_is_cached_in_whole_steps() -> None:
    assert tokens.cached(["word " * 100, "now"]) == 0
    assert tokens.cached(["word " * 1100, "now"]) == 1024
