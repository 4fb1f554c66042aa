import re
from itertools import zip_longest
from typing import Any, Final

from services.sandbox.telegram.wire import Json

_FENCE: Final = re.compile(r"```(\S*)\s*$")
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*)")
_ITEM: Final = re.compile(r"\s*(?:[-*+]|(\d+)[.)])\s+(.*)")
_RULE: Final = re.compile(r"(?:-{3,}|\*{3,}|_{3,})\s*$")
_DELIMITER_ROW: Final = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_INLINE: Final = re.compile(
    r"`(?P<code>[^`]+)`|\$(?P<math>[^$\s][^$]*)\$|\*\*(?P<bold>.+?)\*\*|~~(?P<strikethrough>.+?)~~"
    r"|\|\|(?P<spoiler>.+?)\|\||(?<!\w)[*_](?P<italic>[^*_]+)[*_](?!\w)|\[(?P<label>[^\]]+)\]\((?P<url>[^)\s]+)\)"
)
_STYLES: Final = ("bold", "strikethrough", "spoiler", "italic")


def markdown_blocks(source: str) -> list[Json]:
    """The blocks a rich message in Markdown shows: the forms answers of language models use."""
    return _Reader(source.splitlines()).read()


def rich_text(source: str) -> Any:
    """A line of Markdown as RichText: a string where it holds no marking, otherwise a list."""
    parts: list[Any] = []
    position = 0
    for match in _INLINE.finditer(source):
        if match.start() > position:
            parts.append(source[position : match.start()])
        parts.append(_inline(match))
        position = match.end()
    if position < len(source):
        parts.append(source[position:])
    return source if parts in ([], [source]) else parts


def _inline(match: re.Match[str]) -> Json:
    if match["code"]:
        return {"type": "code", "text": match["code"]}
    if match["math"]:
        return {"type": "mathematical_expression", "expression": match["math"]}
    if match["url"]:
        return {"type": "url", "text": rich_text(match["label"]), "url": match["url"]}
    style = next(name for name in _STYLES if match[name])
    return {"type": style, "text": rich_text(match[style])}


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._index = 0

    def read(self) -> list[Json]:
        blocks = []
        while self._index < len(self._lines):
            if not self._lines[self._index].strip():
                self._index += 1
                continue
            blocks.append(self._block(self._lines[self._index]))
        return blocks

    def _block(self, line: str) -> Json:
        if match := _FENCE.match(line):
            return self._fenced(match[1])
        if line.strip().startswith("$$"):
            return self._formula()
        if match := _HEADING.match(line):
            self._index += 1
            return {"type": "heading", "text": rich_text(match[2]), "size": len(match[1])}
        if _RULE.match(line):
            self._index += 1
            return {"type": "divider"}
        if line.startswith(">"):
            lines = [
                text.lstrip(">").removeprefix(" ") for text in self._while(lambda text: text.startswith(">"))
            ]
            return {"type": "blockquote", "blocks": _Reader(lines).read()}
        if _ITEM.match(line):
            return self._list()
        if self._starts_table():
            return self._table()
        lines = self._while(self._is_paragraph)
        return {"type": "paragraph", "text": rich_text("\n".join(lines))}

    def _while(self, belongs: Any) -> list[str]:
        begin = self._index
        self._index += 1
        while self._index < len(self._lines) and belongs(self._lines[self._index]):
            self._index += 1
        return self._lines[begin : self._index]

    def _is_paragraph(self, line: str) -> bool:
        starts = (_FENCE, _HEADING, _RULE, _ITEM)
        return (
            bool(line.strip())
            and not line.startswith((">", "$$", "|"))
            and not any(p.match(line) for p in starts)
        )

    def _fenced(self, language: str) -> Json:
        lines = self._while(lambda line: not line.startswith("```"))[1:]
        self._index += 1
        block: Json = {"type": "pre", "text": "\n".join(lines)}
        return block | ({"language": language} if language else {})

    def _formula(self) -> Json:
        first = self._lines[self._index].strip()
        if len(first) > 4 and first.endswith("$$"):
            self._index += 1
            return {"type": "mathematical_expression", "expression": first[2:-2].strip()}
        lines = self._while(lambda line: not line.strip().endswith("$$"))
        if self._index < len(self._lines):
            lines = [*lines, self._lines[self._index]]
            self._index += 1
        return {"type": "mathematical_expression", "expression": "\n".join(lines).strip().strip("$").strip()}

    def _list(self) -> Json:
        items = []
        for line in self._while(lambda text: bool(_ITEM.match(text))):
            match = _ITEM.match(line)
            if match:
                label = f"{match[1]}." if match[1] else "•"
                items.append({"label": label, "blocks": [{"type": "paragraph", "text": rich_text(match[2])}]})
        return {"type": "list", "items": items}

    def _starts_table(self) -> bool:
        following = self._lines[self._index + 1] if self._index + 1 < len(self._lines) else ""
        return "|" in self._lines[self._index] and "-" in following and bool(_DELIMITER_ROW.match(following))

    def _table(self) -> Json:
        lines = self._while(lambda line: "|" in line)
        aligns = [_align(text) for text in _cells(lines[1])]
        rows = [zip_longest(_cells(line), aligns) for line in (lines[0], *lines[2:])]
        return {
            "type": "table",
            "cells": [
                [_cell(text or "", align or "left", i == 0) for text, align in row]
                for i, row in enumerate(rows)
            ],
        }


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _align(delimiter: str) -> str:
    if not delimiter.endswith(":"):
        return "left"
    return "center" if delimiter.startswith(":") else "right"


def _cell(text: str, align: str, is_header: bool) -> Json:
    cell: Json = {"text": rich_text(text), "align": align, "valign": "top"}
    return cell | ({"is_header": True} if is_header else {})
