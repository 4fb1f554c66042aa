import re
from collections.abc import Iterator
from typing import Final

from telegramify_markdown import convert

from services.gateway.rendering.edits import Edit, Event, edited, events_of

# Models write \( x \) and \[ x \] as often as dollars. The bounds keep an odd text from taking long.
_DELIMITED: Final = re.compile(r"\\\((?P<inline>[^\n]{1,400}?)\\\)|\\\[(?P<block>.{1,2000}?)\\\]", re.DOTALL)
_TEX_SIGN: Final = re.compile(r"[\\^_={}]")
_PROSE: Final = re.compile(r"[^\W\d]{4,}|[^\W\d]{2,}\s|\s[^\W\d]{2,}")
_OPERATION: Final = re.compile(r"[\\^_=+*/<>|{}]")
_NAME: Final = re.compile(r"[A-Za-z0-9]")
_RAISED: Final = re.compile(r"[\^_]")
_NOTHING: Final = r"\text{}"
"""A sign of TeX that shows as nothing."""
_EMPTY_LINES: Final = re.compile(r"\n\s*\n")


def delimiter_edits(text: str) -> Iterator[Edit]:
    r"""Dollars around formulas instead of `\(` and `\[`, which Markdown takes for escaped brackets."""
    if "\\(" not in text and "\\[" not in text:
        return
    for begin, end in _outside_code(text):
        for match in _DELIMITED.finditer(text, begin, end):
            formula, mark = match["inline"] or match["block"], "$" if match["inline"] else "$$"
            if _is_formula(formula) and (mark == "$" or _OPERATION.search(formula)):
                shown = _EMPTY_LINES.sub("\n", formula.strip())
                yield Edit(match.start(), match.end(), f"{mark}{shown}{mark}")


def price_edits(text: str, events: list[Event]) -> Iterator[Edit]:
    """Escapes before the dollars of prices, of shell variables and of what is cheap ($) or dear ($$$$)."""
    for payload, begin, end in events:
        match payload:
            case {"InlineMath": formula} if not _is_formula(formula) or _is_in_word(text, begin, end):
                yield Edit(begin, begin, "\\")
                yield Edit(end - 1, end - 1, "\\")
            case {"DisplayMath": formula} if not (formula.strip() and _is_formula(formula)):
                yield from (Edit(place, place, "\\") for place in (begin, begin + 1, end - 2, end - 1))


def with_formulas_as_tex(text: str) -> str:
    """The Markdown with all its formulas such that the converter takes even "x^2" for TeX."""
    if "$" not in text:
        return text
    edits = []
    for payload, _begin, end in events_of(text):
        match payload:
            case {"InlineMath": formula} if _RAISED.search(formula):
                edits.append(Edit(end - 1, end - 1, _NOTHING))
            case {"DisplayMath": formula} if _RAISED.search(formula):
                edits.append(Edit(end - 2, end - 2, _NOTHING))
    return edited(text, edits)


def in_unicode(formula: str) -> str:
    """A formula in one line, as well as letters can show it."""
    text, _entities = convert(f"${formula.strip()}$", latex_escape=False)
    return " ".join(text.split())


def _is_formula(text: str) -> bool:
    """Whether it has a sign of TeX, or at least no words."""
    return _TEX_SIGN.search(text) is not None or _PROSE.search(text) is None


def _is_in_word(text: str, begin: int, end: int) -> bool:
    """Whether the dollars stand by numbers or names: "100$, 200$", "$10–$20", "$HOME:$PATH"."""
    return text[max(begin - 1, 0) : begin].isdigit() or _NAME.match(text, end) is not None


def _outside_code(text: str) -> Iterator[tuple[int, int]]:
    done = 0
    for payload, begin, end in events_of(text):
        match payload:
            case {"Code": _} | {"Start": {"CodeBlock": _}}:
                yield done, begin
                done = end
    yield done, len(text)
