import pytest

from services.sandbox.vendor.answers import compose
from services.sandbox.vendor.questions import Message, Question
from services.text.frames import frame
from services.text.image_prompts import ASSIGNMENT, INSTRUCTIONS


def improved(words: str) -> str:
    messages = [
        Message("developer", [INSTRUCTIONS]),
        Message("user", [frame("description", words), ASSIGNMENT]),
    ]
    return compose(Question("gpt-6-luna", messages, False, True, None))


@pytest.mark.parametrize(("words", "more"), [("Кот в шляпе.", "свет"), ("A cat in a hat.", "light")])
def test_a_description_becomes_richer_in_its_own_language(words: str, more: str) -> None:
    answer = improved(words)
    assert answer.startswith(f"{words.rstrip('.')}, ")
    assert more in answer


def test_what_would_be_drawn_is_not_marked() -> None:
    assert "🧪" not in improved("Кот")
