import re
from collections.abc import Iterator
from typing import Final

import pyromark
from telegramify_markdown.converter import STANDARD_OPTIONS

from services.gateway.rendering.bars import bar_edits
from services.gateway.rendering.edits import Edit, Event, edited, events_of, places_of_bytes
from services.gateway.rendering.formulas import delimiter_edits, price_edits
from services.gateway.rendering.links import is_web_address
from services.gateway.rendering.table_cells import excess_edits, is_rule

# Telegram removes direction overrides and the like, and shows a tab as one space.
_REMOVED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]")
_LINE_ENDS: Final = re.compile("\r\n?|[\u2028\u2029]")
MAX_COLUMNS: Final = 64
_DELICATE: Final = re.compile(r"<|\\[(\[]|\]:|\$|\|")
_RULE_SIGN: Final = re.compile("[|:-]")
_LINE_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)


def readable(markdown: str) -> str:
    r"""The Markdown with all that a parser would drop or misread written so that it stays.

    HTML, which models write as often for itself ("a <b> tag") as for its effect, becomes literal; `<br>`
    becomes a line break; `\(x\)` becomes `$x$`; prices are no formulas; link definitions that nothing uses
    become text; cells beyond a table's last column join it; bars that hide nothing are no spoilers.
    """
    text = _REMOVED.sub("", _LINE_ENDS.sub("\n", markdown)).encode(errors="replace").decode().expandtabs(4)
    text = "\n".join(map(_without_vast_table, text.split("\n")))
    if _DELICATE.search(text) is None:
        return text
    text = edited(text, delimiter_edits(text))
    # An escaped block of HTML may hold Markdown, which the next pass reads. Each pass leaves less to do.
    while edits := _edits(text):
        text = edited(text, edits)
    return text


def _without_vast_table(line: str) -> str:
    """The line, escaped if it would begin a table whose every row, however short, the parser fills up."""
    is_vast = line.count("|") > MAX_COLUMNS and is_rule(line)
    return _RULE_SIGN.sub(r"\\\g<0>", line, count=1) if is_vast else line


def _edits(text: str) -> list[Edit]:
    """The first of the kinds of edits that there is something to do for: so they do not meet."""
    events = events_of(text)
    for edits in (_html_edits(text, events), price_edits(text, events), excess_edits(text, events)):
        if found := list(edits):
            return found
    return [*_definition_edits(text, events), *bar_edits(text, events)]


def _html_edits(text: str, events: list[Event]) -> Iterator[Edit]:
    if "<" not in text:
        return
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
                is_at_line_end = text[end : end + 1] == "\n"
                yield Edit(begin, end, " " if is_in_table else "  " if is_at_line_end else "  \n")
            case {"InlineHtml": _}:
                yield Edit(begin, begin, "\\")


def _without_tag(line: str, begin: int) -> Edit:
    broken = _LINE_BREAK.match(line)
    return Edit(begin, begin + broken.end(), "") if broken else Edit(begin, begin, "\\")


def _definition_edits(text: str, events: list[Event]) -> Iterator[Edit]:
    if "]:" not in text:
        return
    used = {
        payload["Start"]["Link"]["id"].casefold()
        for payload, _, _ in events
        if isinstance(payload, dict) and "Link" in payload.get("Start", ())
    }
    at = places_of_bytes(text)
    for label, definition in pyromark.reference_definitions(text, options=STANDARD_OPTIONS).items():
        if label.casefold() not in used or not is_web_address(definition["dest"]):
            begin = at[definition["span"]["start"]]
            yield Edit(begin, begin, "\\")
