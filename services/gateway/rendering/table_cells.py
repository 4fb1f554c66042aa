import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from services.gateway.rendering.edits import Edit, Event
from services.gateway.rendering.formulas import in_unicode

_BAR: Final = re.compile(r"(?<!\\)\|")


@dataclass
class Cell:
    """A cell of a table: as it is written, and as letters show it."""

    begin: int
    end: int
    source: str
    shown: str = ""
    has_link: bool = False


@dataclass
class Table:
    """A table and where it stands in the text. The first row is its head."""

    begin: int
    end: int
    alignments: tuple[str, ...]
    rows: list[list[Cell]] = field(default_factory=list)
    row_ends: list[int] = field(default_factory=list)


def tables_in(text: str, events: list[Event]) -> Iterator[Table]:
    """The tables of a Markdown text, in order."""
    table: Table | None = None
    for payload, begin, end in events:
        match payload:
            case {"Start": {"Table": alignments}}:
                table = Table(begin, end, tuple(alignments))
            case _ if table is None:
                continue
            case {"End": "Table"}:
                yield table
                table = None
            case {"Start": "TableHead" | "TableRow"}:
                table.rows.append([])
                table.row_ends.append(end)
            case {"Start": "TableCell"}:
                table.rows[-1].append(Cell(begin, end, text[begin:end].strip()))
            case _ if table.rows and table.rows[-1]:
                _show(payload, table.rows[-1][-1])


def is_rule(line: str) -> bool:
    """Whether it may be the line between a table's head and its rows."""
    return "-" in line and not line.strip(" >|:-")


def excess_edits(text: str, events: list[Event]) -> Iterator[Edit]:
    """Escapes before the bars of cells that the head has no columns for, which a parser would drop."""
    if "|" not in text:
        return
    for table in tables_in(text, events):
        for row, row_end in zip(table.rows, table.row_ends, strict=True):
            begin = row[-1].end if row else row_end
            rest = text[begin:row_end].rstrip()
            rest = rest[:-1] if rest.endswith("|") and not rest.endswith("\\|") else rest
            if rest.strip("| "):
                yield Edit(begin, begin + len(rest), _BAR.sub(r"\\|", rest))


def _show(payload: object, cell: Cell) -> None:
    match payload:
        case {"Text": text} | {"Code": text}:
            cell.shown += text
        case {"InlineMath": formula} | {"DisplayMath": formula}:
            cell.shown += in_unicode(formula)
        case "SoftBreak" | "HardBreak":
            cell.shown += " "
        case {"Start": {"Link": _} | {"Image": _}}:
            cell.has_link = True
