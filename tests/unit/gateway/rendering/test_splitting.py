import pytest

from services.gateway.rendering import (
    Entity,
    EntityType,
    FormattedText,
    italic,
    live_view,
    render,
    split,
    utf16_length,
)
from tests.unit.gateway.rendering.documents import FAMILY


def texts(markdown: str, limit: int) -> list[str]:
    return [part.text for part in split(render(markdown), limit)]


def test_a_text_that_fits_is_one_message_without_a_number() -> None:
    whole = render("Hello, **world**")
    assert split(whole) == [whole]


@pytest.mark.parametrize("empty", ["", " \n ", "\u3000"])
def test_nothing_visible_is_no_message(empty: str) -> None:
    assert split(FormattedText(empty)) == []


def test_cuts_fall_between_paragraphs_first() -> None:
    assert texts("One one one.\nTwo two.\n\nThree three. Four", 30) == [
        "One one one.\nTwo two.\n\n1/2",
        "Three three. Four\n\n2/2",
    ]


def test_cuts_fall_between_lines_next() -> None:
    assert texts("one one one\ntwo two two\nthree three", 30) == [
        "one one one\ntwo two two\n\n1/2",
        "three three\n\n2/2",
    ]


def test_cuts_fall_between_sentences_next() -> None:
    assert texts("Это первое предложение. Вот второе.", 34) == [
        "Это первое предложение.\n\n1/2",
        "Вот второе.\n\n2/2",
    ]


def test_cuts_fall_between_words_at_last() -> None:
    assert texts("one two three four five six", 20) == ["one two three\n\n1/2", "four five six\n\n2/2"]


def test_a_word_longer_than_a_message_is_cut_between_characters() -> None:
    parts = texts(FAMILY * 5, 40)
    assert [part.split("\n")[0] for part in parts] == [FAMILY * 3, FAMILY * 2]


def test_numbers_of_two_digits_have_room_too() -> None:
    parts = texts("word " * 100, 25)
    assert parts[0].endswith(f"\n\n1/{len(parts)}")
    assert len(parts) > 10
    assert all(len(part) <= 25 for part in parts)


def test_a_code_block_goes_on_in_the_next_part_with_language_and_indentation() -> None:
    code = "def f():\n    first()\n    second()\n    third()"
    parts = split(render(f"```python\n{code}\n```"), 35)
    assert [part.text for part in parts] == [
        "def f():\n    first()\n\n1/2",
        "    second()\n    third()\n\n2/2",
    ]
    assert [part.entities for part in parts] == [
        (Entity(EntityType.PRE, 0, 20, language="python"),),
        (Entity(EntityType.PRE, 0, 24, language="python"),),
    ]


def test_a_style_and_a_quote_that_span_a_cut_go_on() -> None:
    parts = split(render("> **one two three four five six**"), 20)
    assert [[(e.type, e.offset, e.length) for e in part.entities] for part in parts] == [
        [(EntityType.BLOCKQUOTE, 0, 13), (EntityType.BOLD, 0, 13)]
    ] * 2


@pytest.mark.parametrize("marked", ["`rm -rf some dir`", "[a long label](https://example.com/a)"])
def test_inline_code_and_links_are_not_cut(marked: str) -> None:
    parts = split(render(f"one two three {marked} four"), 30)
    assert [len(part.entities) for part in parts] == [0, 1]


def test_a_table_is_cut_between_rows() -> None:
    rows = "\n".join(f"| name {number} | {number} |" for number in range(40))
    for part in split(render(f"| name | n |\n|---|---|\n{rows}"), 200):
        lines = part.text.split("\n\n")[0].split("\n")
        assert all("|" in line or "+" in line for line in lines)


def test_more_than_a_hundred_entities_make_another_message() -> None:
    parts = split(render("**word** and " * 150))
    assert [len(part.entities) for part in parts] == [100, 50]


def test_a_hundred_entities_in_one_word_lose_only_their_looks() -> None:
    word = "".join(f"**{letter}**~~{letter}~~" for letter in "абвгдежзик" * 12)
    (part,) = split(render(word))
    assert len(part.entities) == 100
    assert len(part.text) == 240


def test_a_no_break_space_is_not_broken() -> None:
    assert texts("three four five 10\u00a0000\u00a0000 rubles", 24)[1].startswith("10\u00a0000\u00a0000")


def test_chinese_is_cut_after_sentences() -> None:
    parts = texts("今天天气很好。我们去公园。" * 3, 24)
    assert all(part.split("\n")[0].endswith("。") for part in parts)


def test_a_long_answer_is_cut_into_full_messages() -> None:
    parts = split(render("Обычный абзац из нескольких слов.\n\n" * 600))
    assert all(3900 < utf16_length(part.text) <= 4096 for part in parts[:-1])


def test_a_note_follows_after_an_empty_line_with_its_entities_moved() -> None:
    assert render("**да** 👍").followed_by(italic("стоп")) == FormattedText(
        "да 👍\n\nстоп", (Entity(EntityType.BOLD, 0, 2), Entity(EntityType.ITALIC, 7, 4))
    )
    assert FormattedText("").followed_by(italic("стоп")) == italic("стоп")


def test_the_live_view_is_the_answer_while_it_fits_one_message() -> None:
    assert live_view("Hello **wor") == render("Hello **wor**")


def test_the_live_view_of_a_long_answer_is_its_current_page() -> None:
    shown = live_view("\n\n".join(f"Paragraph {number}" for number in range(1000)))
    assert shown.text.endswith("Paragraph 999")
    assert "Paragraph 3\n" not in shown.text


def test_the_live_view_keeps_its_beginning_while_the_page_grows() -> None:
    source = "".join(f"Line number {number}\n\n" for number in range(60))
    beginnings = {live_view(source[:size], 400).text[:14] for size in range(850, 1000)}
    assert len(beginnings) <= 2


def test_the_live_view_goes_on_with_an_open_code_block() -> None:
    source = "```python\n" + "".join(f"call_{number}()\n" for number in range(200))
    shown = live_view(source, 500)
    assert shown.text.endswith("call_199()")
    assert shown.entities == (Entity(EntityType.PRE, 0, utf16_length(shown.text), language="python"),)


def test_the_live_view_of_nothing_is_empty() -> None:
    assert live_view("") == FormattedText("")
