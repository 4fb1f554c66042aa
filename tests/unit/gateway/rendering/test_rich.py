from collections.abc import Iterator
from typing import Any

import pytest
from aiogram.types import InputRichMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.gateway.rendering.rich import rich_message
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.rich.input import read_rich_message
from tests.unit.gateway.rendering.documents import Document, documents

TABLE = "| Planet | Moons |\n|:---|---:|\n| Mars | 2 |"
patiently = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def blocks_of(markdown: str) -> list[dict[str, Any]]:
    message = rich_message(markdown)
    assert message is not None
    return list(message["blocks"])


def texts_in(value: Any) -> Iterator[str]:
    """Everything that a reader sees of a rich message, in order."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from texts_in(item)
        case dict():
            for name in ("text", "expression", "cells", "items", "blocks"):
                yield from texts_in(value.get(name))


@pytest.mark.parametrize(
    "markdown",
    [
        "Just **words**.",
        "It costs $5 to $10, or 3$ each.",
        "```\n| a | b |\n|---|---|\n```",
        "Escape it as `\\(x\\)` or `$x$`.",
        "a | b, but no table",
        "",
    ],
)
def test_what_plain_text_shows_is_no_rich_message(markdown: str) -> None:
    assert rich_message(markdown) is None


def test_a_table_keeps_its_head_and_its_alignment() -> None:
    [table] = blocks_of(TABLE)
    head, row = table["cells"]
    assert [cell["text"] for cell in head] == ["Planet", "Moons"]
    assert all(cell["is_header"] for cell in head)
    assert [(cell["text"], cell["align"]) for cell in row] == [("Mars", "left"), ("2", "right")]


@pytest.mark.parametrize("formula", ["$$x^2$$", "\\[x^2\\]", "$$\nx^2\n$$"])
def test_a_formula_on_its_own_line_is_a_block(formula: str) -> None:
    before, block, after = blocks_of(f"Square: {formula} so.")
    assert block == {"type": "mathematical_expression", "expression": "x^2"}
    assert (before["text"].strip(), after["text"].strip()) == ("Square:", "so.")


@pytest.mark.parametrize("formula", ["$x^2$", "\\(x^2\\)"])
def test_a_formula_in_a_line_stays_in_it(formula: str) -> None:
    [paragraph] = blocks_of(f"Here {formula} it is.")
    assert paragraph["text"][1] == {"type": "mathematical_expression", "expression": "x^2"}


def test_nothing_is_fetched_and_no_address_but_those_of_the_web_is_linked() -> None:
    source = f"![cat](https://example.org/cat.png) [do](javascript:alert)\n\n{TABLE}"
    paragraph, _table = blocks_of(source)
    picture, *rest = paragraph["text"]
    assert picture == {"type": "url", "text": ["🖼 ", "cat"], "url": "https://example.org/cat.png"}
    assert "".join(rest) == " do"


def test_lists_keep_their_numbers_and_boxes() -> None:
    numbered, ticked, _table = blocks_of(f"3. three\n4. four\n\n- [x] done\n- [ ] open\n\n{TABLE}")
    assert [item["value"] for item in numbered["items"]] == [3, 4]
    assert [item["is_checked"] for item in ticked["items"]] == [True, False]


@pytest.mark.parametrize(
    "markdown",
    [
        "|" + " a |" * 21 + "\n|" + "---|" * 21,
        f"{'> ' * 30}deep\n\n{TABLE}",
        f"{'long ' * 8000}\n\n{TABLE}",
        "\n\n".join(["line"] * 600) + f"\n\n{TABLE}",
        f"{'> ' * 5000}deep\n\n{TABLE}",
    ],
    ids=["wide", "deep", "long", "many", "bottomless"],
)
def test_what_telegram_would_refuse_is_left_to_plain_text(markdown: str) -> None:
    assert rich_message(markdown) is None


@patiently
@given(documents)
def test_every_word_is_shown_in_its_order_in_a_message_that_telegram_takes(document: Document) -> None:
    message = rich_message(f"{document.source}\n\n{TABLE}")
    assert message is not None
    InputRichMessage.model_validate(message)
    shown = " ".join(texts_in(read_rich_message(Params({"rich_message": message}))["blocks"]))
    position = 0
    for word in (*document.words, "Planet", "Moons", "Mars", "2"):
        position = shown.find(word, position)
        assert position >= 0, word
        position += len(word)


@patiently
@given(st.text(st.sampled_from("|-:\n $\\()[]`#>*_<a1 "), max_size=300))
def test_no_text_is_too_odd(source: str) -> None:
    message = rich_message(f"{source}\n\n{TABLE}")
    if message is not None:
        read_rich_message(Params({"rich_message": message}))
