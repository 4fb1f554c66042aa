from collections.abc import Iterable
from typing import Any, Final

from services.gateway.rendering.bars import SPOILER
from services.gateway.rendering.links import is_web_address
from services.gateway.rendering.rich.tree import Node

RichText = str | dict[str, Any] | list[Any]
"""https://core.telegram.org/bots/api#richtext"""
STYLES: Final = {"Strong": "bold", "Emphasis": "italic", "Strikethrough": "strikethrough"}
PICTURE: Final = "🖼 "


def rich_text(nodes: Iterable[Node]) -> RichText:
    """What stands in a line. Nothing is fetched: a picture becomes a link to it."""
    parts: list[Any] = []
    for node in nodes:
        part = _part(node)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    parts = [piece for part in parts for piece in (_spoilers(part) if isinstance(part, str) else [part])]
    if not parts:
        return ""
    return parts[0] if len(parts) == 1 else parts


def _spoilers(text: str) -> list[Any]:
    """The text with what it hides apart."""
    pieces: list[Any] = SPOILER.split(text)
    pieces[1::2] = [{"type": "spoiler", "text": hidden} for hidden in pieces[1::2]]
    return [piece for piece in pieces if piece]


def _part(node: Node) -> Any:
    match node.kind:
        case "Text" | "Html" | "InlineHtml":
            return node.value
        case "SoftBreak" | "HardBreak":
            return "\n"
        case "Code":
            return {"type": "code", "text": node.value}
        case "InlineMath" | "DisplayMath":
            return {"type": "mathematical_expression", "expression": node.value.strip()}
        case "Link" | "Image":
            return _link(node)
        case kind if kind in STYLES:
            return {"type": STYLES[kind], "text": rich_text(node.children)}
    return rich_text(node.children)


def _link(node: Node) -> RichText:
    url = str(node.value["dest_url"])
    text = rich_text(node.children)
    if node.kind == "Image":
        text = [PICTURE, text] if text else PICTURE + url
    return {"type": "url", "text": text or url, "url": url} if is_web_address(url) else text
