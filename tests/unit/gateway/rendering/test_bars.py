import pytest

from services.gateway.rendering import EntityType, render
from services.gateway.rendering.rich import rich_message


def hidden_in(markdown: str) -> list[str]:
    formatted = render(markdown)
    spoilers = [entity for entity in formatted.entities if entity.type is EntityType.SPOILER]
    return [formatted.text[entity.offset : entity.end] for entity in spoilers]


@pytest.mark.parametrize(
    "text", ["a || b", "if (a || b || c)", "true||", "|| a || b", "a ||b", "a ||b || c", "||a\n\nb||", "||||"]
)
def test_bars_that_do_not_touch_what_they_surround_hide_nothing(text: str) -> None:
    assert hidden_in(text) == []
    assert render(text).text == text


@pytest.mark.parametrize(
    ("markdown", "hidden"),
    [
        ("||spoiler||", "spoiler"),
        ("x ||two words|| or y || z", "two words"),
        ("||**bold** and plain||", "bold and plain"),
        ("||one line\nand another||", "one line\nand another"),
    ],
)
def test_bars_that_touch_what_they_surround_hide_it(markdown: str, hidden: str) -> None:
    assert "".join(hidden_in(markdown)) == hidden


def test_bars_in_code_are_left_alone() -> None:
    assert render("`a || b` and ||c||").text == "a || b and c"
    assert render("```\n||a||\n```").text == "||a||"


def test_bars_in_a_table_are_an_empty_cell() -> None:
    assert render("| a || b |\n|---|---|---|\n| 1 || 2 |").text.split("\n")[-1] == "1 |  | 2"


def test_a_rich_message_hides_the_same() -> None:
    message = rich_message("see ||this|| or a || b, $x^2$")
    assert message is not None
    [paragraph] = message["blocks"]
    assert paragraph["text"][:3] == ["see ", {"type": "spoiler", "text": "this"}, " or a || b, "]


@pytest.mark.parametrize("part", ["||", "||a ", "||a", "||б||", "\\||", "| || "])
def test_thousands_of_bars_are_shown_as_something(part: str) -> None:
    assert render(part * 3000).text
