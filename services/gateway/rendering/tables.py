import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Final

import regex

from services.gateway.rendering.edits import Edit, edited, events_of
from services.gateway.rendering.source import readable
from services.gateway.rendering.table_cells import Cell, Table, tables_in

MAX_COLUMNS: Final = 36
"""Characters of fixed width in a line of a phone."""
NOTHING: Final = "—"
_CODE: Final = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")
_EMPHASIS: Final = re.compile(r"(?<!\\)[*_]")
_NO_MARGIN: Final = re.compile(r"[^> ]")


def with_tables_as_text(text: str) -> str:
    """The Markdown with its tables as aligned lines of code, or as lists of rows where these are too wide."""
    return edited(text, _edits(text)) if "|" in text else text


def without_tables(markdown: str) -> str:
    """The Markdown without its tables, which nobody can listen to."""
    text = readable(markdown)
    return edited(text, (Edit(table.begin, table.end, "\n") for table in tables_in(text, events_of(text))))


def _edits(text: str) -> Iterator[Edit]:
    for table in tables_in(text, events_of(text)):
        line_begin = text.rfind("\n", 0, table.begin) + 1
        written = text[line_begin : table.begin]
        # Following lines stay in the same quote or in the same item of a list.
        margin = _NO_MARGIN.sub(" ", written)
        previous = text[text.rfind("\n", 0, max(line_begin - 1, 0)) + 1 : line_begin]
        is_apart = not previous.strip("> \n") or written != margin
        first, *others = [*([] if is_apart else [""]), *_lines(table), ""]
        yield Edit(
            table.begin, table.end, "\n".join([first, *((margin + line).rstrip() for line in others), ""])
        )


def _lines(table: Table) -> list[str]:
    widths = [max(map(_width, column)) for column in zip_longest(*table.rows)]
    has_link = any(cell.has_link for row in table.rows for cell in row)
    if sum(widths) + 3 * (len(widths) - 1) > MAX_COLUMNS or has_link:
        return _list_of_rows(table)
    return _aligned(table, widths)


def _aligned(table: Table, widths: list[int]) -> list[str]:
    head, *rows = (" | ".join(map(_padded, row, widths, table.alignments)).rstrip() for row in table.rows)
    lines = [head, "-+-".join("-" * width for width in widths), *rows]
    longest = max((len(ticks) for line in lines for ticks in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *lines, fence]


def _padded(cell: Cell, width: int, alignment: str) -> str:
    room = " " * (width - _width(cell))
    return room + cell.shown if alignment == "Right" else cell.shown + room


def _list_of_rows(table: Table) -> list[str]:
    head, *rows = ([_outside_table(cell.source) for cell in row] for row in table.rows)
    if not rows:
        return [f"• {name}" for name in head if name]
    lines: list[str] = []
    for row_number, row in enumerate(rows):
        # The first row names every column, also one without content.
        fields = [
            _field(name, value or NOTHING, is_first=not number)
            for number, (name, value) in enumerate(zip(head, row, strict=False))
            if value or (name and not row_number)
        ]
        lines += [*fields, ""]
    return lines[:-1]


def _field(name: str, value: str, *, is_first: bool) -> str:
    """A cell after the name of its column. It begins so that no line is taken for a heading or a list."""
    label = f"{_without_bold(name)}:" if name else ""
    if not is_first:
        return f"• {label} {value}" if label else f"• {value}"
    whole = f"{label} {_without_bold(value)}".strip()
    if not _EMPHASIS.search(whole):
        return f"**{whole}**"
    return f"**{label}** {value}" if label and not _EMPHASIS.search(label) else f"• {label} {value}"


def _without_bold(text: str) -> str:
    bold = _BOLD.fullmatch(text)
    return (bold[1] or bold[2]) if bold else text


def _outside_table(source: str) -> str:
    r"""In a table `a\|b` is code with a bar; elsewhere it would show the backslash."""
    return _CODE.sub(lambda code: code[0].replace("\\|", "|"), source)


def _width(cell: Cell | None) -> int:
    """Columns in a font of fixed width."""
    if cell is None:
        return 0
    if cell.shown.isascii():
        return len(cell.shown)
    return sum(map(_cluster_width, regex.findall(r"\X", cell.shown)))


def _cluster_width(cluster: Iterable[str]) -> int:
    return 2 if any(unicodedata.east_asian_width(sign) in "WF" or sign == "\ufe0f" for sign in cluster) else 1
