import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

import docx
from docx.enum.text import WD_BREAK
from pptx import Presentation
from pptx.util import Inches

CONTENT_TYPES: Final = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
)
RELATIONSHIPS: Final = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def word_file(file: Path) -> Path:
    """A contract with headings, lists, a table, a page break and a header."""
    document = docx.Document()
    document.core_properties.title = "Договор аренды"
    document.sections[0].header.paragraphs[0].text = "ООО «Ромашка»"
    document.add_heading("Предмет договора", level=1)
    document.add_paragraph("Арендодатель передаёт помещение.")
    document.add_paragraph("площадь 40 м²", style="List Bullet")
    document.add_paragraph("второй этаж", style="List Bullet")
    document.add_paragraph("осмотреть", style="List Number")
    document.add_paragraph("подписать", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Месяц", "Цена"), ("Май", "40 000 ₽")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_heading("Расторжение", level=2)
    document.add_paragraph("Стороны предупреждают друг друга за 30 дней.")
    document.save(str(file))
    return file


def slides_file(file: Path) -> Path:
    """Two slides, the second with two boxes that are written from the bottom up, and a note."""
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "План на год"
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Итоги"
    for top, text in ((4, "нижний блок"), (2, "верхний блок")):
        box = second.shapes.add_textbox(Inches(1), Inches(top), Inches(4), Inches(1))
        box.text_frame.text = text
    second.notes_slide.notes_text_frame.text = "сказать о росте"
    deck.save(str(file))
    return file


def sheets_file(file: Path, sheets: dict[str, list[list[str]]]) -> Path:
    """A workbook of texts."""
    entries = {
        "xl/workbook.xml": _workbook(list(sheets)),
        "xl/_rels/workbook.xml.rels": RELATIONSHIPS.format(
            "".join(
                f'<Relationship Id="r{number}" Type="{OFFICE}/worksheet" Target="worksheets/s{number}.xml"/>'
                for number in range(len(sheets))
            )
        ),
        "_rels/.rels": RELATIONSHIPS.format(
            f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        ),
    }
    overrides = (
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/>'
    )
    for number, rows in enumerate(sheets.values()):
        entries[f"xl/worksheets/s{number}.xml"] = _sheet(rows)
    entries["[Content_Types].xml"] = CONTENT_TYPES.format(overrides=overrides)
    return archive_file(file, entries)


def open_document_file(file: Path, body: str) -> Path:
    """An ODT whose `office:text` holds `body`."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:text="{names}:text:1.0" '
        f'xmlns:table="{names}:table:1.0"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    meta = (
        f'<office:document-meta xmlns:office="{names}:office:1.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>Отчёт</dc:title></office:meta>'
        "</office:document-meta>"
    )
    return archive_file(
        file,
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": content,
            "meta.xml": meta,
        },
    )


def book_file(file: Path, chapters: dict[str, str]) -> Path:
    """An EPUB whose chapters, by file name, are read in this order."""
    items = "".join(f'<item id="{name}" href="{name}"/>' for name in sorted(chapters))
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>Степь</dc:title><dc:creator>А. Чехов</dc:creator></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    entries = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "OEBPS/book.opf": package,
        **{f"OEBPS/{name}": f"<html><body>{text}</body></html>" for name, text in chapters.items()},
    }
    return archive_file(file, entries)


def archive_file(file: Path, entries: Mapping[str, str | bytes]) -> Path:
    """A zip file."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    file.write_bytes(content.getvalue())
    return file


def _workbook(names: list[str]) -> str:
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{number + 1}" r:id="r{number}"/>' for number, name in enumerate(names)
    )
    return f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _sheet(rows: list[list[str]]) -> str:
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) + "</row>"
        for row in rows
    )
    return f'<worksheet xmlns="{SHEET}"><sheetData>{cells}</sheetData></worksheet>'
