from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from services.docs.readers.archive import ArchiveLimits, open_archive
from services.docs.readers.base import Format, OpenDocument, PageUnit, Problem, Unreadable
from services.docs.readers.blocks import Block
from services.docs.readers.leaves import TextDocument
from services.docs.readers.text import rows_as_blocks


class XlsxReader:
    """Spreadsheets: each sheet is a page, its values as rows."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._limits = limits

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # see formats.py
        open_archive(file, self._limits).close()
        try:
            with CalamineWorkbook.from_path(file) as workbook:
                return TextDocument(Format.XLSX, _sheets(workbook), unit=PageUnit.SHEET)
        except (CalamineError, OSError, ValueError) as error:
            raise Unreadable(Problem.BROKEN) from error


def _sheets(workbook: CalamineWorkbook) -> Iterator[Block]:
    for name in workbook.sheet_names:
        yield Block(name, level=1, begins_page=True)
        rows = (
            [_shown(value) for value in row]
            for row in workbook.get_sheet_by_name(name).iter_rows()
            if any(value != "" for value in row)
        )
        yield from rows_as_blocks(rows)


def _shown(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
