from typing import Any, Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.rich.bounds import check_bounds
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
    return {"blocks": blocks} | ({"is_rtl": True} if source.get("is_rtl") else {})


def _blocks(form: str, source: Json) -> list[Json]:
    if form == "blocks":
        if not isinstance(source["blocks"], list):
            raise bad_request('Field "blocks" must be of type Array')
        return source["blocks"]
    text = source[form]
    if not isinstance(text, str):
        raise bad_request(f'Field "{form}" must be of type String')
    blocks = html_blocks(text) if form == "html" else markdown_blocks(text)
    if not blocks:
        raise bad_request("rich message is empty")
    return blocks


def _check_blocks(blocks: list[Any], *, is_draft: bool) -> None:
    for block in blocks:
        if not isinstance(block, dict):
            raise bad_request("Can't parse rich message block: expected an Object")
        type_ = block.get("type")
        if type_ not in _BLOCK_TYPES:
            raise bad_request("Can't parse rich message block: Unsupported type specified")
        if type_ == "thinking" and not is_draft:
            raise bad_request("thinking blocks are allowed only in rich message drafts")
        required = _REQUIRED.get(str(type_))
        if required and required not in block:
            raise bad_request(f"Can't parse rich message block: Can't find field \"{required}\"")
        _check_blocks(block.get("blocks") or [], is_draft=is_draft)
        for item in block.get("items") or []:
            _check_blocks(item.get("blocks") or [], is_draft=is_draft)
