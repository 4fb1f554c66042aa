import re
from collections.abc import Iterator
from typing import Final

from services.gateway.rendering.edits import Edit, Event, edited

SPOILER: Final = re.compile(r"(?<![\\|])\|\|(?![\s|])((?:[^\n|]|\n(?=[^\W\d])){0,2000}?[^\s|\\])\|\|(?!\|)")
"""Bars that touch what they hide; others are an "or"."""
_BARS: Final = re.compile(r"(?<!\\)\|{2,}")
_ANY_BARS: Final = re.compile(r"(?<!\\)\|+")
_LOOSE: Final = re.compile(rf"(?P<spoiler>{SPOILER.pattern})|(?P<bars>{_BARS.pattern})")


def bar_edits(text: str, events: list[Event]) -> Iterator[Edit]:
    """Double bars written so that they hide nothing: empty cells, norms in formulas, the "or" of programs."""
    if "||" not in text:
        return
    masks: list[Edit] = []
    for payload, begin, end in events:
        if masks and begin < masks[-1].end:
            continue
        match payload:
            case {"Start": {"CodeBlock": _}} | {"Code": _}:
                masks.append(Edit(begin, end, "\n" * (end - begin)))
            case {"Start": {"Table": _}}:
                masks.append(Edit(begin, end, "\n" * (end - begin)))
                yield from _separated(text, begin, end)
            case {"InlineMath": formula} | {"DisplayMath": formula}:
                masks.append(Edit(begin, end, "x" * (end - begin)))
                is_norm = {*_ANY_BARS.findall(formula)} == {"||"}
                yield from _norms(text, begin, end) if is_norm else _separated(text, begin, end)
    for match in _LOOSE.finditer(edited(text, masks)):
        if match["bars"]:
            yield Edit(match.start(), match.end(), r"\|" * len(match["bars"]))


def _separated(text: str, begin: int, end: int) -> Iterator[Edit]:
    for bars in _BARS.finditer(text, begin, end):
        yield Edit(bars.start(), bars.end(), " ".join(bars[0]))


def _norms(text: str, begin: int, end: int) -> Iterator[Edit]:
    for bars in _BARS.finditer(text, begin, end):
        yield Edit(bars.start(), bars.end(), r"\|")
