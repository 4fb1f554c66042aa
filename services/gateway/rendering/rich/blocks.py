from collections.abc import Iterator
from typing import Any, Final

import structlog

from services.gateway.rendering.rich.bounds import fits
from services.gateway.rendering.rich.inline import rich_text
from services.gateway.rendering.rich.tree import Node, TooDeep, parse

log = structlog.get_logger()

Block = dict[str, Any]
"""https://core.telegram.org/bots/api#inputrichblock"""
NEEDS_RICH: Final = frozenset({"Table", "InlineMath", "DisplayMath"})
INLINE: Final = frozenset(
    {"Text", "Code", "InlineHtml", "SoftBreak", "HardBreak", "InlineMath"}
    | {"Strong", "Emphasis", "Strikethrough", "Link", "Image"}
)
ALIGNMENTS: Final = {"Left": "left", "Center": "center", "Right": "right", "None": "left"}


def rich_message(markdown: str) -> dict[str, Any] | None:
    """The answer as an InputRichMessage, made of blocks, so that nothing of it is read as markup again.

    None where plain text shows all of it, or where it does not fit into one rich message.
    """
    try:
        root = parse(markdown)
        if not any(node.kind in NEEDS_RICH for node in root.walk()):
            return None
        blocks = _blocks(root.children)
    except TooDeep:
        return None
    except Exception as error:  # noqa: BLE001 - an answer must not be lost to what a parser cannot read
        log.warning("markdown_unreadable", error=type(error).__name__)
        return None
    return {"blocks": blocks} if fits(blocks) else None


def _blocks(nodes: list[Node]) -> list[Block]:
    """Blocks; what stands loose in a list's item becomes paragraphs between them."""
    blocks: list[Block] = []
    loose: list[Node] = []
    for node in nodes:
        if node.kind in INLINE:
            loose.append(node)
            continue
        blocks += _paragraphs(loose)
        loose = []
        blocks += _block(node)
    return [*blocks, *_paragraphs(loose)]


def _block(node: Node) -> Iterator[Block]:
    match node.kind:
        case "Paragraph" | "HtmlBlock":
            yield from _paragraphs(node.children)
        case "DisplayMath":
            yield _formula(node)
        case "Heading":
            size = int(str(node.value["level"]).removeprefix("H"))
            yield {"type": "heading", "size": size, "text": rich_text(node.children)}
        case "CodeBlock":
            yield _code(node)
        case "List":
            yield {"type": "list", "items": list(_items(node))}
        case "BlockQuote":
            yield {"type": "blockquote", "blocks": _blocks(node.children)}
        case "Table":
            yield {"type": "table", "is_bordered": True, "cells": list(_rows(node))}
        case "Rule":
            yield {"type": "divider"}
        case _:
            yield from _blocks(node.children)


def _paragraphs(nodes: list[Node]) -> Iterator[Block]:
    """A paragraph, or several around the formulas that stand on lines of their own."""
    line: list[Node] = []
    for node in [*nodes, Node("End")]:
        if node.kind not in ("DisplayMath", "End"):
            line.append(node)
            continue
        if text := rich_text(line):
            yield {"type": "paragraph", "text": text}
        line = []
        if node.kind == "DisplayMath":
            yield _formula(node)


def _formula(node: Node) -> Block:
    return {"type": "mathematical_expression", "expression": str(node.value).strip()}


def _code(node: Node) -> Block:
    text = "".join(str(child.value) for child in node.children).rstrip("\n")
    fence = node.value.get("Fenced", "") if isinstance(node.value, dict) else ""
    language = {"language": fence.split()[0]} if fence.split() else {}
    return {"type": "pre", "text": text, **language}


def _items(node: Node) -> Iterator[Block]:
    for number, item in enumerate(node.children, start=node.value or 0):
        marker = next((child for child in item.children if child.kind == "TaskListMarker"), None)
        kept = [child for child in item.children if child is not marker]
        label: Block = {"value": number, "type": "1"} if node.value is not None else {}
        if marker is not None:
            label |= {"has_checkbox": True, "is_checked": bool(marker.value)}
        yield {"blocks": _blocks(kept), **label}


def _rows(node: Node) -> Iterator[list[Block]]:
    alignments = [ALIGNMENTS.get(str(name), "left") for name in node.value]
    for row in node.children:
        is_header = {"is_header": True} if row.kind == "TableHead" else {}
        yield [
            {"align": align, "valign": "middle", "text": rich_text(cell.children), **is_header}
            for align, cell in zip(alignments, row.children, strict=False)
        ]
