from typing import Any

import pytest

from services.sandbox.telegram.errors import ApiError
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.rich.input import read_rich_message
from services.sandbox.telegram.rich.markdown import markdown_blocks


def read(**rich_message: Any) -> dict[str, Any]:
    return read_rich_message(Params({"rich_message": rich_message}))


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "text": text}


def nested(depth: int) -> dict[str, Any]:
    block = paragraph("x")
    for _ in range(depth - 1):
        block = {"type": "details", "summary": "s", "blocks": [block]}
    return block


@pytest.mark.parametrize(
    "blocks",
    [
        [paragraph("x" * 32_769)],
        [paragraph("x")] * 501,
        [nested(17)],
        [{"type": "photo"}] * 51,
        [{"type": "table", "cells": [[{"text": "x", "align": "left", "valign": "top"}] * 21]}],
    ],
    ids=["characters", "blocks", "depth", "media", "columns"],
)
def test_a_rich_message_beyond_a_limit_is_refused(blocks: list[dict[str, Any]]) -> None:
    with pytest.raises(ApiError):
        read(blocks=blocks)


def test_a_rich_message_at_the_limits_is_taken() -> None:
    assert read(blocks=[paragraph("x" * 32_768)])
    assert read(blocks=[paragraph("x")] * 500)
    assert read(blocks=[nested(16)])


def test_exactly_one_form_must_be_used() -> None:
    for wrong in ({}, {"html": "<p>a</p>", "markdown": "a"}):
        with pytest.raises(ApiError):
            read(**wrong)


def test_thinking_belongs_to_drafts_only() -> None:
    params = Params({"rich_message": {"blocks": [{"type": "thinking", "text": "hm"}]}})
    with pytest.raises(ApiError):
        read_rich_message(params)
    assert read_rich_message(params, is_draft=True)


def test_html_becomes_blocks() -> None:
    source = "<h2>T</h2><p>a <b>b</b></p><ol><li>q</li></ol><table><tr><th>x</th><td>y</td></tr></table><hr>"
    assert [block["type"] for block in read(html=source)["blocks"]] == [
        "heading",
        "paragraph",
        "list",
        "table",
        "divider",
    ]


def test_html_with_unknown_or_open_tags_is_refused() -> None:
    for wrong in ("<script>x</script>", "<p>open", "<p><b>x</p></b>"):
        with pytest.raises(ApiError):
            read(html=wrong)


def test_markdown_becomes_blocks() -> None:
    source = (
        "# T\n\ntext **b** `c`\nmore\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "$$\nx^2\n$$\n\n- one\n- two\n\n> q\n\n```py\nx\n```\n---"
    )
    blocks = markdown_blocks(source)
    assert [block["type"] for block in blocks] == [
        "heading",
        "paragraph",
        "table",
        "mathematical_expression",
        "list",
        "blockquote",
        "pre",
        "divider",
    ]
    assert blocks[1]["text"] == [
        "text ",
        {"type": "bold", "text": "b"},
        " ",
        {"type": "code", "text": "c"},
        "\nmore",
    ]
    assert blocks[3]["expression"] == "x^2"
    assert blocks[6] == {"type": "pre", "text": "x", "language": "py"}
