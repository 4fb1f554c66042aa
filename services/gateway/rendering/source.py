import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyromark
from telegramify_markdown import convert
from telegramify_markdown.converter import STANDARD_OPTIONS

from services.gateway.rendering.links import is_web_address

# Telegram removes direction overrides and the like, and shows a tab as one space.
_REMOVED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_DELICATE = re.compile(r"<|\\[(\[]|\]:|\$")
_MATH = re.compile(r"\\\((?P<inline>[^\n]{1,400}?)\\\)|\\\[(?P<block>.{1,2000}?)\\\]", re.DOTALL)
_LOOKS_LIKE_MATH = re.compile(r"[\\^_=+*/<>|{}]|\A\s*[^\W\d]{1,3}\s*\Z")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


_Event = tuple[Any, int, int]
"""What the parser read, and the bytes of the source it read it from."""


class _Edit(NamedTuple):
    """A replacement in the UTF-8 source."""

    begin: int
    end: int
    text: str


def prepared(markdown: str) -> str:
    r"""The Markdown with all that the converter would drop or misplace written so that it stays.

    HTML, which models write as often for itself ("a <b> tag") as for its effect, becomes literal; `<br>`
    becomes a line break; `\(x\)` becomes `$x$`; prices are no formulas; link definitions that nothing uses
    become text; formulas in tables become code.
    """
    text = _REMOVED.sub("", _LINE_ENDS.sub("\n", markdown)).encode(errors="replace").decode().expandtabs(4)
    if _DELICATE.search(text) is None:
        return text
    text = _edited(text, list(_math_edits(text)))
    # An escaped block of HTML may hold Markdown, which the next pass reads. Each pass leaves less to do.
    while edits := _edits(text):
        text = _edited(text, edits)
    return text


def _edits(text: str) -> list[_Edit]:
    events = list(_events(text))
    return [*_html_and_table_edits(text, events), *_definition_edits(text, events)]


def _edited(text: str, edits: list[_Edit]) -> str:
    source = text.encode()
    pieces, done = [], 0
    for edit in sorted(edits):
        pieces += [source[done : edit.begin], edit.text.encode()]
        done = edit.end
    return b"".join((*pieces, source[done:])).decode()


def _events(text: str) -> Iterator[_Event]:
    for payload, place in pyromark.events_with_range(text, options=STANDARD_OPTIONS):
        yield payload, place["start"], place["end"]


def _math_edits(text: str) -> Iterator[_Edit]:
    if "\\(" not in text and "\\[" not in text:
        return
    code = [
        (begin, end)
        for payload, begin, end in _events(text)
        if isinstance(payload, dict) and ("Code" in payload or "CodeBlock" in payload.get("Start", ()))
    ]
    for match in _MATH.finditer(text):
        formula, mark = match["inline"] or match["block"], "$" if match["inline"] else "$$"
        begin = len(text[: match.start()].encode())
        if _LOOKS_LIKE_MATH.search(formula) and not any(left <= begin < right for left, right in code):
            yield _Edit(begin, begin + len(match[0].encode()), f"{mark}{formula.strip()}{mark}")


def _html_and_table_edits(text: str, events: list[_Event]) -> Iterator[_Edit]:
    source = text.encode()
    is_in_table = is_in_fence = False
    for payload, begin, end in events:
        match payload:
            case {"Start": {"Table": _}} | {"End": "Table"}:
                is_in_table = "Start" in payload
            case {"Html": line}:
                is_in_fence ^= line.lstrip().startswith("```")
                if not is_in_fence and line.startswith("<"):
                    yield _without_tag(line, begin)
            case {"End": "HtmlBlock"}:
                is_in_fence = False
            case {"InlineHtml": tag} if _LINE_BREAK.fullmatch(tag):
                is_at_line_end = source[end : end + 1] == b"\n"
                yield _Edit(begin, end, " " if is_in_table else "  " if is_at_line_end else "  \n")
            case {"InlineHtml": _}:
                yield _Edit(begin, begin, "\\")
            case {"InlineMath": _} if _is_between_prices(source, begin, end):
                yield from (_Edit(begin, begin, "\\"), _Edit(end - 1, end - 1, "\\"))
            case {"InlineMath": formula} | {"DisplayMath": formula} if is_in_table and "`" not in formula:
                yield _Edit(begin, end, f"`{_unicode_math(formula)}`")


def _is_between_prices(source: bytes, begin: int, end: int) -> bool:
    """Whether the dollars stand by numbers: "from $5 to $7", "100$, 200$"."""
    return source[end : end + 1].isdigit() or source[max(begin - 1, 0) : begin].isdigit()


def _without_tag(line: str, begin: int) -> _Edit:
    broken = _LINE_BREAK.match(line)
    return _Edit(begin, begin + broken.end(), "") if broken else _Edit(begin, begin, "\\")


def _unicode_math(formula: str) -> str:
    converted, _ = convert(f"${formula.strip()}$", latex_escape=False)
    return " ".join(converted.split()).replace("|", "\\|") or " "


def _definition_edits(text: str, events: list[_Event]) -> Iterator[_Edit]:
    if "]:" not in text:
        return
    used = {
        payload["Start"]["Link"]["id"].casefold()
        for payload, _, _ in events
        if isinstance(payload, dict) and "Link" in payload.get("Start", ())
    }
    for label, definition in pyromark.reference_definitions(text, options=STANDARD_OPTIONS).items():
        if label.casefold() not in used or not is_web_address(definition["dest"]):
            begin = definition["span"]["start"]
            yield _Edit(begin, begin, "\\")
