from typing import Any, Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.rich.bounds import check_bounds
from services.sandbox.telegram.rich.buttons import check_buttons
from services.sandbox.telegram.rich.html import html_blocks
from services.sandbox.telegram.rich.markdown import markdown_blocks
from services.sandbox.telegram.wire import Json

_SOURCES: Final = ("html", "markdown", "blocks")
_BLOCK_TYPES: Final = {
    *("paragraph", "heading", "pre", "footer", "pullquote", "thinking", "mathematical_expression"),
    *("list", "table", "details", "blockquote", "expandable_blockquote", "collage", "slideshow"),
    *("photo", "video", "animation", "audio", "document", "voice_note", "map"),
    *("anchor", "buttons", "divider"),
}
_REQUIRED: Final = {
    "paragraph": "text",
    "heading": "text",
    "pre": "text",
    "footer": "text",
    "thinking": "text",
    "mathematical_expression": "expression",
    "list": "items",
    "table": "cells",
    "details": "blocks",
    "blockquote": "blocks",
    "buttons": "buttons",
}


def read_rich_message(params: Params, *, is_draft: bool = False) -> Json:
    """The `rich_message` of a call as Telegram stores it: blocks, whatever form they came in.

    Raises ApiError for a wrong form and beyond Telegram's limits; thinking blocks belong to drafts only.
    """
    source = params.object("rich_message", "rich message")
    if source is None:
        raise bad_request("rich message is empty")
    given = [name for name in _SOURCES if source.get(name)]
    if not given:
        raise bad_request("rich message is empty")
    if len(given) > 1:
        raise bad_request(
            "exactly one of the fields html, markdown and blocks must be used in a rich message"
        )
    blocks = _blocks(given[0], source)
    _check_blocks(blocks, is_draft=is_draft)
    check_bounds(blocks)
    check_buttons(blocks)
    return {"blocks": blocks} | ({"is_rtl": True} if source.get("is_rtl") else {})


def _blocks(form: str, source: Json) -> list[Json]:
    if form == "blocks":
        return [_labelled(block) for block in _objects(source, "blocks")]
    text = source[form]
    if not isinstance(text, str):
        raise bad_request(f'Field "{form}" must be of type String')
    blocks = html_blocks(text) if form == "html" else markdown_blocks(text)
    if not blocks:
        raise bad_request("rich message is empty")
    return blocks


def _check_blocks(blocks: list[Json], *, is_draft: bool) -> None:
    for block in blocks:
        type_ = block.get("type")
        if not isinstance(type_, str) or type_ not in _BLOCK_TYPES:
            raise bad_request("Can't parse rich message block: Unsupported type specified")
        if type_ == "thinking" and not is_draft:
            raise bad_request("thinking blocks are allowed only in rich message drafts")
        required = _REQUIRED.get(type_)
        if required and required not in block:
            raise bad_request(f"Can't parse rich message block: Can't find field \"{required}\"")
        for row in _list(block, "cells"):
            _objects({"cells": row}, "cells")
        _check_blocks(_objects(block, "blocks"), is_draft=is_draft)
        for item in _objects(block, "items"):
            _check_blocks(_objects(item, "blocks"), is_draft=is_draft)


def _labelled(block: Json) -> Json:
    """A list as it is shown: each item gets the label its number or bullet stands for."""
    if block.get("type") != "list":
        return block
    items = _objects(block, "items")
    return block | {
        "items": [{"label": f"{item['value']}." if item.get("value") else "•"} | item for item in items]
    }


def _objects(source: Json, name: str) -> list[Json]:
    values = _list(source, name)
    if not all(isinstance(value, dict) for value in values):
        raise bad_request("Can't parse rich message block: expected an Object")
    return values


def _list(source: Json, name: str) -> list[Any]:
    value = source.get(name)
    if value is not None and not isinstance(value, list):
        raise bad_request(f'Field "{name}" must be of type Array')
    return value or []
