import pytest

from services.gateway.rendering import EntityType, FormattedText, render, render_partial

CODE_BLOCK = [EntityType.PRE]


def kinds(formatted: FormattedText) -> list[EntityType]:
    return [entity.type for entity in formatted.entities]


@pytest.mark.parametrize(
    ("so_far", "whole"),
    [
        ("a **bold", "a **bold**"),
        ("a **bold*", "a **bold**"),
        ("***both", "***both***"),
        ("a *slanted", "a *slanted*"),
        ("~~gone **and bold", "~~gone **and bold**~~"),
        ("||hid", "||hid||"),
        ("run `make", "run `make`"),
        ("run ``a`", "run ``a``"),
        ("> quoted **te", "> quoted **te**"),
        ("$$\nx^2", "$$\nx^2$$"),
        ("- one\n- ", "- one"),
        ("text\n-", "text"),
        ("text **", "text"),
        ("see [docs](https://exam", "see docs"),
        ("see [do", "see do"),
    ],
)
def test_an_open_end_looks_as_if_it_were_closed(so_far: str, whole: str) -> None:
    assert render_partial(so_far) == render(whole)


@pytest.mark.parametrize(
    "text", ["snake_case and 2*3", "a * b", "5 < 6 _ 7", "done.", r"a \*star", "1. one\n2"]
)
def test_marks_that_open_nothing_stay_text(text: str) -> None:
    assert render_partial(text).text == text.replace("\\", "")


@pytest.mark.parametrize("end", ["", "\n", "\n`", "\n``", "\n```"])
def test_an_open_code_block_is_code_up_to_its_end(end: str) -> None:
    formatted = render_partial(f"Look:\n\n```python\nprint('**hi')\nx = 1{end}")
    assert formatted.text == "Look:\n\nprint('**hi')\nx = 1"
    assert kinds(formatted) == CODE_BLOCK


def test_text_after_a_code_block_is_completed_on_its_own() -> None:
    formatted = render_partial("```\n**not bold\n```\nbut **this")
    assert kinds(formatted) == [EntityType.PRE, EntityType.BOLD]


def test_a_table_shows_its_head_until_its_rows_come() -> None:
    assert render_partial("| a | b |\n|--").text == "| a | b |"
    assert kinds(render_partial("| a | b |\n|---|---|\n| 1 | 2")) == CODE_BLOCK


def test_the_first_marks_alone_show_nothing() -> None:
    for marks in ("", "**", "#", "```", "```py", "- ", "> "):
        assert render_partial(marks).text == ""
