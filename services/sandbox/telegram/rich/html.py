from html.parser import HTMLParser
from typing import Any, Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.wire import Json

_STYLES: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "sub": "subscript",
    "sup": "superscript",
    "mark": "marked",
    "a": "url",
}
_HEADINGS: Final = {f"h{size}": size for size in range(1, 7)}
_TEXT_BLOCKS: Final = frozenset({"p", "pre", "footer", "summary", "td", "th", "caption", *_HEADINGS})
_CONTAINERS: Final = frozenset({"ul", "ol", "li", "blockquote", "details", "table", "tr", "thead", "tbody"})
_MATH: Final = frozenset({"tg-math", "tg-math-block"})


def html_blocks(source: str) -> list[Json]:
    """The blocks a rich message in HTML shows; raises ApiError for tags that are unknown or left open."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.finish()


class _Node:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.text: list[Any] = []
        self.blocks: list[Json] = []
        self.parts: list[Any] = []


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._stack = [_Node("", {})]

    def finish(self) -> list[Json]:
        if len(self._stack) > 1:
            tag = self._stack[-1].tag
            raise bad_request(
                f"Can't parse rich message: Can't find end tag corresponding to start tag \"{tag}\""
            )
        _flush_text(self._stack[0])
        return self._stack[0].blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._stack[-1].text.append("\n")
        elif tag == "hr":
            _flush_text(self._stack[-1])
            self._stack[-1].blocks.append({"type": "divider"})
        elif tag in _STYLES or tag in _TEXT_BLOCKS or tag in _CONTAINERS or tag in _MATH:
            if tag not in _STYLES and tag not in _MATH:
                _flush_text(self._stack[-1])
            self._stack.append(_Node(tag, {name: value or "" for name, value in attrs}))
        else:
            raise bad_request(f'Can\'t parse rich message: Unsupported start tag "{tag}"')

    def handle_endtag(self, tag: str) -> None:
        node = self._stack[-1]
        if node.tag != tag:
            raise bad_request(f'Can\'t parse rich message: Unmatched end tag "{tag}"')
        self._stack.pop()
        _attach(node, self._stack[-1])

    def handle_data(self, data: str) -> None:
        node = self._stack[-1]
        if data.strip() or node.text or node.tag in _TEXT_BLOCKS or node.tag in _STYLES:
            node.text.append(data)


def _joined(parts: list[Any]) -> Any:
    if all(isinstance(part, str) for part in parts):
        return "".join(parts)
    return parts


def _flush_text(node: _Node) -> None:
    if node.tag in _TEXT_BLOCKS or node.tag in _STYLES or not node.text:
        return
    text = _joined(node.text)
    node.text = []
    if not isinstance(text, str) or text.strip():
        node.blocks.append({"type": "paragraph", "text": text.strip() if isinstance(text, str) else text})


def _attach(node: _Node, parent: _Node) -> None:
    text = _joined(node.text)
    if node.tag in _STYLES and not (parent.tag == "pre" and node.tag == "code"):
        styled: Json = {"type": _STYLES[node.tag], "text": text}
        parent.text.append(styled | ({"url": node.attributes.get("href", "")} if node.tag == "a" else {}))
    elif node.tag == "code":
        parent.text.append(text)
        parent.attributes.setdefault("language", node.attributes.get("class", "").removeprefix("language-"))
    elif node.tag == "tg-math":
        parent.text.append({"type": "mathematical_expression", "expression": text})
    elif node.tag in _TEXT_BLOCKS:
        _attach_text(node, parent, text)
    else:
        _flush_text(node)
        _attach_container(node, parent, text)


def _attach_text(node: _Node, parent: _Node, text: Any) -> None:
    if node.tag in ("td", "th"):
        cell: Json = {"text": text, "align": node.attributes.get("align", "left"), "valign": "top"}
        spans = {
            name: int(node.attributes[name]) for name in ("colspan", "rowspan") if name in node.attributes
        }
        parent.parts.append(cell | spans | ({"is_header": True} if node.tag == "th" else {}))
    elif node.tag in ("summary", "caption"):
        parent.attributes[node.tag] = text
    elif node.tag in _HEADINGS:
        parent.blocks.append({"type": "heading", "text": text, "size": _HEADINGS[node.tag]})
    elif node.tag == "pre":
        language = node.attributes.get("language")
        parent.blocks.append({"type": "pre", "text": text} | ({"language": language} if language else {}))
    else:
        parent.blocks.append({"type": "paragraph" if node.tag == "p" else "footer", "text": text})


def _attach_container(node: _Node, parent: _Node, text: Any) -> None:
    if node.tag == "li":
        label = f"{len(parent.parts) + 1}." if parent.tag == "ol" else "•"
        parent.parts.append({"label": label, "blocks": node.blocks})
    elif node.tag in ("ul", "ol"):
        parent.blocks.append({"type": "list", "items": node.parts})
    elif node.tag == "tr":
        parent.parts.append(node.parts)
    elif node.tag in ("thead", "tbody"):
        parent.parts.extend(node.parts)
    elif node.tag == "table":
        caption = node.attributes.get("caption")
        parent.blocks.append(
            {"type": "table", "cells": node.parts} | ({"caption": caption} if caption else {})
        )
    elif node.tag == "details":
        summary = node.attributes.get("summary", "")
        block: Json = {"type": "details", "summary": summary, "blocks": node.blocks}
        parent.blocks.append(block | ({"is_open": True} if "open" in node.attributes else {}))
    elif node.tag == "blockquote":
        type_ = "expandable_blockquote" if "expandable" in node.attributes else "blockquote"
        parent.blocks.append({"type": type_, "blocks": node.blocks})
    else:
        parent.blocks.append({"type": "mathematical_expression", "expression": text})
