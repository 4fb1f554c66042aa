from pathlib import Path

import pytest

from services.docs.readers.archive import ArchiveLimits
from services.docs.readers.base import Heading, OpenDocument, PageUnit, Problem, Unreadable
from services.docs.readers.docx import DocxReader
from services.docs.readers.epub import EpubReader
from services.docs.readers.odt import OdtReader
from services.docs.readers.pptx import PptxReader
from services.docs.readers.xlsx import XlsxReader
from tests.support.office_files import (
    archive_file,
    book_file,
    open_document_file,
    sheets_file,
    slides_file,
    word_file,
)

LIMITS = ArchiveLimits()


def texts(document: OpenDocument) -> list[str]:
    return [page.text for page in document.pages()]


def test_a_word_document_is_read_in_order_with_lists_and_tables(tmp_path: Path) -> None:
    document = DocxReader(LIMITS).open(word_file(tmp_path / "a.docx"), "")
    first, second = texts(document)
    assert first.split("\n\n") == [
        "ООО «Ромашка»",
        "Предмет договора",
        "Арендодатель передаёт помещение.",
        "• площадь 40 м²",
        "• второй этаж",
        "1. осмотреть",
        "2. подписать",
        "Месяц | Цена\nМай | 40 000 ₽",
    ]
    assert second.startswith("Расторжение")
    assert document.overview.unit is PageUnit.PAGE
    assert document.overview.title == "Договор аренды"
    assert document.overview.headings == (
        Heading("Предмет договора", 1, 1),
        Heading("Расторжение", 2, 2),
    )


def test_slides_are_read_from_above_with_their_notes(tmp_path: Path) -> None:
    document = PptxReader(LIMITS).open(slides_file(tmp_path / "a.pptx"), "")
    assert texts(document)[1].split("\n\n") == ["Итоги", "верхний блок", "нижний блок", "сказать о росте"]
    assert document.overview.unit is PageUnit.SLIDE


def test_each_sheet_is_a_page_of_rows(tmp_path: Path) -> None:
    file = sheets_file(tmp_path / "a.xlsx", {"Май": [["Товар", "Цена"], ["Чай", "90"]], "Июнь": [["Кофе"]]})
    document = XlsxReader(LIMITS).open(file, "")
    assert texts(document) == ["Май\n\nТовар | Цена\nЧай | 90", "Июнь\n\nКофе"]
    assert document.overview.unit is PageUnit.SHEET


def test_an_open_document_is_read_with_its_notes_and_page_breaks(tmp_path: Path) -> None:
    body = (
        '<text:h text:outline-level="1">Итоги</text:h>'
        "<text:p>Рост<text:s text:c='2'/>есть<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>по сравнению с маем</text:p></text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>первое</text:p></text:list-item></text:list>"
        "<text:soft-page-break/>"
        "<table:table><table:table-row><table:table-cell><text:p>а</text:p></table:table-cell>"
        "<table:table-cell><text:p>б</text:p></table:table-cell></table:table-row></table:table>"
    )
    document = OdtReader(LIMITS).open(open_document_file(tmp_path / "a.odt", body), "")
    assert texts(document) == ["Итоги\n\nРост  есть [ по сравнению с маем].\n\n• первое", "а | б"]
    assert document.overview.title == "Отчёт"


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    chapters = {"z.xhtml": "<h1>Глава 1</h1><p>Утро.</p>", "a.xhtml": "<h1>Глава 2</h1><p>Вечер.</p>"}
    document = EpubReader(LIMITS).open(book_file(tmp_path / "a.epub", chapters), "")
    assert "\n\n".join(texts(document)).split("\n\n") == ["Глава 1", "Утро.", "Глава 2", "Вечер."]
    assert (document.overview.title, document.overview.author) == ("Степь", "А. Чехов")


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ({"word/document.xml": b"a" * 70_000_000}, Problem.ARCHIVE_BOMB),
        ({"word/media/image.png": b"\0" * 30_000_000}, Problem.ARCHIVE_BOMB),
        ({f"word/{number}": b"" for number in range(10_001)}, Problem.ARCHIVE_BOMB),
        ({"word/document.xml": b"<no"}, Problem.BROKEN),
    ],
)
def test_an_archive_that_cannot_be_a_document_is_refused(
    tmp_path: Path, entries: dict[str, str | bytes], problem: Problem
) -> None:
    with pytest.raises(Unreadable) as refusal:
        DocxReader(LIMITS).open(archive_file(tmp_path / "a.docx", entries), "")
    assert refusal.value.problem is problem


def test_entities_of_a_document_are_not_expanded(tmp_path: Path) -> None:
    laughs = (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>&b;&c;</dc:title></package>"
    )
    file = book_file(tmp_path / "a.epub", {"a.xhtml": "<p>Текст.</p>"})
    document = EpubReader(LIMITS).open(file, "")
    assert texts(document) == ["Текст."]
    hostile = archive_file(
        file,
        {
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfile full-path="b.opf"/></container>',
            "b.opf": laughs,
        },
    )
    with pytest.raises(Unreadable):
        EpubReader(LIMITS).open(hostile, "")
