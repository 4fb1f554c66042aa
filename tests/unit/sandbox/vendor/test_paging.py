from services.sandbox.vendor.answers import compose
from services.sandbox.vendor.questions import Message, Question
from services.text.conversation import Material
from services.text.digests import INSTRUCTIONS, DigestKind
from services.text.framing import wrap

PAGES = tuple(
    wrap(Material(title, text))
    for title, text in (
        ("[3] Договор.pdf", "Аренда. Срок аренды один год."),
        ("[7]", "Площадь сорок метров."),
    )
)


def asked(text: str, instructions: str = "") -> Question:
    messages = [Message("system", (instructions,)), Message("user", (*PAGES, text))]
    return Question("m", messages, is_stream=True, wants_usage=False, max_tokens=None)


def test_pages_are_quoted_with_their_marks() -> None:
    answer = compose(asked("Какой срок?"))
    assert "«Срок аренды один год.» [3]" in answer
    assert "«Площадь сорок метров.» [7]" in answer


def test_a_question_with_marks_of_its_own_is_only_repeated() -> None:
    assert "Площадь" not in compose(asked("Что на [3]?"))


def test_questions_to_a_document_are_three_lines_in_its_language() -> None:
    said = compose(asked("Write the three questions.", INSTRUCTIONS[DigestKind.QUESTIONS]))
    assert [line.endswith("?") for line in said.split("\n")] == [True] * 3
    assert "документ" in said
