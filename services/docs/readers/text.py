import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from services.docs.readers.base import Format, OpenDocument
from services.docs.readers.blocks import Block
from services.docs.readers.encodings import decoded
from services.docs.readers.leaves import TextDocument

PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n+")
HEADING: Final = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t#]*$")
UNDERLINED: Final = re.compile(r"([^\n]+)\n(=+|-+)[ \t]*$")
FENCE: Final = re.compile(r"(```|~~~).*?^\1[ \t]*$", re.DOTALL | re.MULTILINE)
ROWS_A_BLOCK: Final = 20


class TextReader:
    """Plain text, Markdown and tables with separated values."""

    def __init__(self, format_: Format) -> None:
        self._format = format_

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # none has one
        text = decoded(file.read_bytes())
        match self._format:
            case Format.CSV:
                blocks = _rows(text)
            case Format.MD:
                blocks = _markdown(text)
            case _:
                blocks = _plain(text)
        return TextDocument(self._format, blocks)


def _plain(text: str) -> Iterator[Block]:
    """Paragraphs; a form feed ends a page, as it does for a printer."""
    for page_number, page in enumerate(text.split("\f")):
        begins_page = page_number > 0
        for paragraph in PARAGRAPHS.split(page):
            yield Block(paragraph.strip("\n"), begins_page=begins_page)
            begins_page = False


def _markdown(text: str) -> Iterator[Block]:
    position = 0
    for fence in FENCE.finditer(text):
        yield from _prose(text[position : fence.start()])
        yield Block(fence[0])
        position = fence.end()
    yield from _prose(text[position:])


def _prose(text: str) -> Iterator[Block]:
    for paragraph in PARAGRAPHS.split(text):
        first, _, rest = paragraph.strip("\n").partition("\n")
        if heading := HEADING.match(first):
            yield Block(heading[2], level=len(heading[1]))
            yield Block(rest)
        elif underlined := UNDERLINED.fullmatch(paragraph.strip("\n")):
            yield Block(underlined[1], level=1 if underlined[2].startswith("=") else 2)
        else:
            yield Block(paragraph.strip("\n"))


def _rows(text: str) -> Iterator[Block]:
    try:
        dialect = csv.Sniffer().sniff(text[:8192], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    rows = csv.reader(text.splitlines(), dialect)
    return rows_as_blocks(row for row in rows if any(row))


def rows_as_blocks(rows: Iterator[list[str]]) -> Iterator[Block]:
    """Rows of a table, some to a block; each block begins with the table's head."""
    head = " | ".join(next(rows, []))
    if not head:
        return
    is_first = True
    while lines := [" | ".join(row) for row in islice(rows, ROWS_A_BLOCK)]:
        yield Block("\n".join([head, *lines]))
        is_first = False
    if is_first:
        yield Block(head)
