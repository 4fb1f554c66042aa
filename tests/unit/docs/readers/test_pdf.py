from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from services.docs.readers import ocr
from services.docs.readers.base import Page, Problem, Unreadable
from services.docs.readers.image import ImageReader
from services.docs.readers.pdf import PdfReader
from tests.support.documents import (
    Placed,
    joined,
    pdf,
    picture_file,
    placed_pdf,
    scan,
    scanned_pdf,
    turned,
    with_letters,
)


def pages(file: Path) -> list[Page]:
    return list(PdfReader().open(file, "").pages())


def text(file: Path, *lines: Placed, degrees: int = 0) -> str:
    [page] = pages(placed_pdf(file, *lines, degrees=degrees))
    return page.text


def marked_part(png: bytes) -> tuple[float, float, float, float]:
    """Where a picture is marked: left, top, right and bottom, in parts of it."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    yellow = picture.split()[2].point(lambda blue: 255 if blue < 200 else 0)
    red = picture.split()[0].point(lambda each: 255 if each > 200 else 0)
    box = Image.composite(yellow, Image.new("L", picture.size), red).getbbox()
    assert box is not None, "nothing is marked"
    return (
        *(box[0] / picture.width, box[1] / picture.height),
        *(box[2] / picture.width, box[3] / picture.height),
    )


def test_paragraphs_begin_where_a_line_is_set_in_whatever_its_distance(tmp_path: Path) -> None:
    lines = [
        (95, "Первый абзац начат"),
        (60, "и продолжен,"),
        (60, "и кончен."),
        (95, "Второй начат"),
        (60, "и кончен."),
    ]
    found = text(tmp_path / "a.pdf", *((left, 780 - 24 * at, line) for at, (left, line) in enumerate(lines)))
    assert found == "Первый абзац начат\nи продолжен,\nи кончен.\n\nВторой начат\nи кончен."


def test_the_cells_of_a_table_stay_beside_each_other(tmp_path: Path) -> None:
    cells = [
        (left, 780 - 18 * row, f"{name}{row}")
        for row in range(9)
        for left, name in ((60, "Товар "), (300, "Цена "))
    ]
    assert text(tmp_path / "a.pdf", *cells).split("\n")[3] == "Товар 3 Цена 3"


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_columns_are_told_apart_whichever_way_the_page_is_turned(tmp_path: Path, degrees: int) -> None:
    columns = ((40, "первый столбец текста"), (210, "второй столбец текста"), (380, "третий столбец текста"))
    rows = [(left, 560 - 16 * row, f"{name} {row}") for row in range(8) for left, name in columns]
    found = text(tmp_path / "a.pdf", *rows, degrees=degrees)
    assert [column.split("\n")[0] for column in found.split("\n\n")] == [
        f"{name} 0" for _left, name in columns
    ]


def test_lines_are_put_in_order_where_the_file_has_none(tmp_path: Path) -> None:
    lines = [(60, 700 - 16 * number, f"Строка {number}") for number in (3, 0, 5, 2, 1, 4)]
    assert text(tmp_path / "a.pdf", *lines) == "\n".join(f"Строка {number}" for number in range(6))


def test_words_parted_at_the_end_of_a_line_are_whole_and_names_keep_their_hyphen(tmp_path: Path) -> None:
    [page] = pages(
        pdf(tmp_path / "a.pdf", [["Социально-эконо-", "мический рост", "в городе Санкт-", "Петербург"]])
    )
    assert page.text == "Социально-экономический рост\nв городе Санкт-Петербург"


def test_what_is_read_from_right_to_left_is_in_the_order_of_reading(tmp_path: Path) -> None:
    hebrew = str.maketrans({chr(ord("а") + number): chr(ord("א") + number) for number in range(27)})
    file = placed_pdf(tmp_path / "a.pdf", (300, 700, "аминь мир"), (310, 684, "двор"))
    with_letters(file, lambda letter: letter.translate(hebrew))
    [page] = pages(file)
    assert page.text.split("\n") == ["рим ьнима".translate(hebrew), "ровд".translate(hebrew)]


@pytest.mark.parametrize("degrees", [0, 90])
def test_the_mark_stands_where_the_passage_does(tmp_path: Path, degrees: int) -> None:
    lines = [(60, 560 - 40 * number, f"Строка номер {number}, слова") for number in range(10)]
    document = PdfReader().open(placed_pdf(tmp_path / "a.pdf", *lines, degrees=degrees), "")
    width, height = (842, 595) if degrees else (595, 842)
    left, top, right, bottom = marked_part(document.render(1, "номер 2,\nслова", 1600))
    assert 100 / width < left < right < 260 / width
    assert height - 500 < top * height < bottom * height < height - 470


def test_a_passage_is_marked_on_a_scan_and_on_a_photo_that_lies_on_its_side(tmp_path: Path) -> None:
    lines = ["Приказ о назначении", "директора завода", "вступает в силу", "со дня подписания"]
    side = picture_file(tmp_path / "a.png", scan(lines).rotate(90, expand=True))
    for document in (
        PdfReader().open(scanned_pdf(tmp_path / "a.pdf", lines), ""),
        ImageReader().open(side, ""),
    ):
        _left, top, _right, bottom = marked_part(document.render(1, "вступает в силу", 900))
        assert 200 / 900 < top < bottom < 290 / 900


def test_a_photo_that_lies_on_its_side_is_read(tmp_path: Path) -> None:
    lines = ["Приказ о назначении", "директора завода", "вступает в силу", "со дня подписания"]
    for degrees in (90, 180):
        file = picture_file(tmp_path / "a.png", scan(lines).rotate(degrees, expand=True))
        [page] = ImageReader().open(file, "").pages()
        assert page.text.split() == " ".join(lines).split()


def test_a_scan_with_a_stamp_of_its_program_is_recognised(tmp_path: Path) -> None:
    scanned = scanned_pdf(tmp_path / "a.pdf", ["Приказ о назначении директора", "вступает в силу сегодня"])
    stamped = turned(
        tmp_path / "b.pdf", scanned, 0, stamp=pdf(tmp_path / "c.pdf", [["Scanned with a scanner"]])
    )
    [page] = pages(stamped)
    assert page.is_recognised
    assert "вступает в силу" in page.text


def test_letters_that_are_taken_for_others_are_read_off_the_page(tmp_path: Path) -> None:
    file = pdf(tmp_path / "a.pdf", [["Договор аренды помещения"]])
    with_letters(file, lambda letter: chr(ord(letter) - 0x350) if letter > "А" else letter)
    assert pages(file) == [Page(1, "Договор аренды помещения", is_recognised=True)]


def test_a_blank_scan_is_empty(tmp_path: Path) -> None:
    [page] = pages(scanned_pdf(tmp_path / "a.pdf", []))
    assert page.text == ""


def test_without_language_data_written_pages_are_read_and_scans_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "FOLDERS", ())
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    scanned = scanned_pdf(tmp_path / "a.pdf", ["Приказ о назначении"])
    with pytest.raises(Unreadable) as refusal:
        pages(scanned)
    assert refusal.value.problem is Problem.OCR_MISSING
    written = pdf(tmp_path / "b.pdf", [["Обычная страница с текстом"]])
    assert [page.text for page in pages(joined(tmp_path / "c.pdf", scanned, written))] == [
        "",
        "Обычная страница с текстом",
    ]
