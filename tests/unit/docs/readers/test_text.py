from pathlib import Path

import pytest

from services.docs.readers.base import Format, Heading, PageUnit, Problem, Unreadable
from services.docs.readers.encodings import decoded
from services.docs.readers.formats import format_of
from services.docs.readers.html import HtmlReader
from services.docs.readers.rtf import RtfReader
from services.docs.readers.text import TextReader

RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю. Всё хорошо, что хорошо кончается."


def pages(format_: Format, file: Path, content: str | bytes) -> list[str]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return [page.text for page in TextReader(format_).open(file, "").pages()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "koi8-r", "cp866"]
)
@pytest.mark.parametrize("text", [RUSSIAN, "Привет, мир", "ПРИКАЗ № 5 О НАЗНАЧЕНИИ"])
def test_russian_text_is_read_in_whatever_encoding_it_is(encoding: str, text: str) -> None:
    if encoding in ("koi8-r", "cp866"):
        text = text.replace("№", "N")
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Plain English, nothing else.", "ascii"), ("Déjà vu à Zürich, même été", "cp1252")],
)
def test_western_text_is_not_taken_for_russian(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text


def test_a_long_text_comes_in_parts_that_end_between_words(tmp_path: Path) -> None:
    words = " ".join(f"слово{number}" for number in range(3000))
    parts = pages(Format.TXT, tmp_path / "a.txt", words)
    assert len(parts) > 5
    assert " ".join(parts).split() == words.split()


def test_form_feeds_end_pages(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    assert pages(Format.TXT, file, "первая\f вторая\fтретья") == ["первая", "вторая", "третья"]
    assert TextReader(Format.TXT).open(file, "").overview.unit is PageUnit.PAGE


def test_the_headings_of_markdown_are_its_outline_but_not_those_in_code(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# Итоги\n\nтекст\n\n```\n# не заголовок\n```\n\nВыводы\n------\n\nконец")
    document = TextReader(Format.MD).open(file, "")
    assert document.overview.headings == (Heading("Итоги", 1, 1), Heading("Выводы", 1, 2))


def test_rows_of_a_table_keep_its_head_in_each_part(tmp_path: Path) -> None:
    rows = "\n".join(f"товар {number};{number}" for number in range(500))
    parts = pages(Format.CSV, tmp_path / "a.csv", f"Название;Цена\n{rows}")
    assert len(parts) > 1
    assert all(part.startswith("Название | Цена") for part in parts)


def test_a_web_page_is_read_without_what_nobody_sees(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(
        "<html><head><title>Новости</title><script>bad()</script></head><body><h1>Сегодня</h1>"
        "<p>Идёт <b>дождь</b><br>и снег</p><ul><li>раз</li></ul><table><tr><th>а</th><td>б</td></tr></table>"
    )
    document = HtmlReader().open(file, "")
    assert [page.text for page in document.pages()] == ["Сегодня\n\nИдёт дождь\nи снег\n\n• раз\n\nа | б"]
    assert document.overview.title == "Новости"


def test_a_page_nested_ten_thousand_deep_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("<html><body>" + "<div>" * 10_000 + "на дне")
    assert "на дне" in next(HtmlReader().open(file, "").pages()).text


def test_rich_text_is_read_with_its_russian(tmp_path: Path) -> None:
    file = tmp_path / "a.rtf"
    coded = "".join(f"\\'{byte:02x}" for byte in "Привет".encode("cp1251"))
    file.write_text(rf"{{\rtf1\ansi\ansicpg1251 {coded}\par \u1084?\u1080?\u1088?}}")
    assert next(RtfReader().open(file, "").pages()).text == "Привет\n\nмир"


@pytest.mark.parametrize(
    ("content", "name", "format_"),
    [
        (b"%PDF-1.7", "a.txt", Format.PDF),
        (b"{\\rtf1 }", "a.doc", Format.RTF),
        ("Привет".encode("utf-16"), "a.txt", Format.TXT),
        (b"a;b", "a.CSV", Format.CSV),
        (b"<!DOCTYPE html><p>", "a.txt", Format.HTML),
        (b"\xff\xd8\xff\xe0", "a.pdf", Format.IMAGE),
        (b"# x", "a.md", Format.MD),
    ],
)
def test_the_content_says_what_a_file_is(tmp_path: Path, content: bytes, name: str, format_: Format) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert format_of(file, name) is format_


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", Problem.EMPTY),
        (b"MZ\x90\x00\x03", Problem.UNKNOWN_FORMAT),
        (bytes(range(256)) * 4, Problem.UNKNOWN_FORMAT),
        (b"PK\x03\x04broken", Problem.BROKEN),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            Problem.PASSWORD_NEEDED,
        ),
    ],
)
def test_what_is_no_document_is_refused_by_its_kind(tmp_path: Path, content: bytes, problem: Problem) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(Unreadable) as refusal:
        format_of(file, "a.pdf")
    assert refusal.value.problem is problem
