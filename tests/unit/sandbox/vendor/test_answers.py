import pytest

from services.sandbox.vendor.answers import compose, to_length
from services.sandbox.vendor.questions import Message, Question


def ask(*said: str) -> str:
    messages = [Message("user", [text]) for text in said]
    return compose(Question("gpt-6-luna", messages, True, True, None))


@pytest.mark.parametrize(("text", "mark"), [("Привет", "🧪 Песочница: "), ("Hello", "🧪 Sandbox: ")])
def test_an_answer_is_marked_as_the_sandboxs_in_the_questions_language(text: str, mark: str) -> None:
    answer = ask(text)
    assert answer.startswith(mark)
    assert f"> {text}" in answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("покажи таблицу", "|---|"),
        ("a table please", "|---|"),
        ("напиши код", "```python"),
        ("some code", "```python"),
        ("formatting", "~~struck~~"),
    ],
)
def test_certain_words_show_what_answers_may_look_like(text: str, expected: str) -> None:
    assert expected in ask(text)


@pytest.mark.parametrize("text", ["long 300 words", "длинный ответ на 300 слов"])
def test_a_long_answer_has_as_many_words_as_asked(text: str) -> None:
    body = ask(text).split(": ", 1)[1]
    assert len(body.split()) == 300


def test_what_was_asked_before_is_remembered() -> None:
    assert "> My cat is Murka" in ask("My cat is Murka", "what did I ask?")
    assert "> Моя кошка Мурка" in ask("Моя кошка Мурка", "что я спросил?")
    assert "first question" in ask("what did I ask?")


def test_an_answer_can_be_brought_to_any_length() -> None:
    assert len(to_length("one two", 1)) == 1
    assert len(to_length("one two", 1000)) == 1000
