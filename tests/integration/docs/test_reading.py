import asyncio
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, getrusage

import pytest
import pytest_asyncio

from services.docs.jail.inmate import COMMAND
from services.docs.limits import ReadingLimits
from services.docs.readers.base import Overview, Page, Problem, Unreadable
from services.docs.reading import Reading
from tests.support.documents import encrypted, joined, pdf, pdf_in_columns, picture_file, scan, scanned_pdf
from tests.support.office_files import (
    archive_file,
    book_file,
    open_document_file,
    sheets_file,
    slides_file,
    word_file,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUICK = ReadingLimits(wall_seconds=20.0, silent_seconds=8.0, cpu_seconds=6, memory_bytes=1024**3)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reading() -> AsyncIterator[Reading]:
    async with Reading.open(QUICK) as reading:
        yield reading


async def pages(reading: Reading, file: Path, password: str = "") -> list[Page]:
    async with aclosing(reading.read(file, password, file.name)) as found:
        return [each async for each in found if isinstance(each, Page)]


async def problem(reading: Reading, file: Path, password: str = "") -> Problem:
    with pytest.raises(Unreadable) as refusal:
        await pages(reading, file, password)
    return refusal.value.problem


async def test_a_pdf_is_read_with_its_outline_and_words_parted_at_line_ends(
    reading: Reading, tmp_path: Path
) -> None:
    lines = ["Договор аренды", "", "Срок состав-", "ляет один год."], ["oﬃce ﬁre"]
    file = pdf(tmp_path / "a.pdf", lines, title="Договор", outline=["Предмет", "Прочее"])
    async with aclosing(reading.read(file, "", "a.pdf")) as found:
        overview, first, second = [each async for each in found]
    assert isinstance(overview, Overview)
    assert (overview.title, overview.page_count) == ("Договор", 2)
    assert [(heading.title, heading.page_number) for heading in overview.headings] == [
        ("Предмет", 1),
        ("Прочее", 2),
    ]
    assert first == Page(1, "Договор аренды\n\nСрок составляет один год.")
    assert second == Page(2, "office fire")


async def test_columns_are_read_one_after_the_other(reading: Reading, tmp_path: Path) -> None:
    left, right = ([f"{side} строка {number}" for number in range(12)] for side in ("левая", "правая"))
    file = pdf_in_columns(
        tmp_path / "a.pdf", left, right, "Заголовок, который стоит над обоими столбцами сразу"
    )
    [page] = await pages(reading, file)
    assert page.text.split("\n\n")[1:] == ["\n".join(left), "\n".join(right)]


async def test_pages_that_are_pictures_are_recognised_and_the_others_are_not(
    reading: Reading, tmp_path: Path
) -> None:
    written = pdf(tmp_path / "a.pdf", [["Обычная страница с текстом договора."]])
    scanned = scanned_pdf(tmp_path / "b.pdf", ["Приказ о назначении", "директора завода"])
    first, second = await pages(reading, joined(tmp_path / "c.pdf", written, scanned))
    assert not first.is_recognised
    assert second.is_recognised
    assert "Приказ о назначении" in second.text


async def test_a_photo_of_a_page_is_read(reading: Reading, tmp_path: Path) -> None:
    file = picture_file(tmp_path / "a.jpg", scan(["Invoice number 42", "Счёт на оплату"]))
    [page] = await pages(reading, file)
    assert "Invoice number 42" in page.text
    assert "счёт на оплату" in page.text.casefold()


async def test_a_locked_pdf_asks_for_its_password(reading: Reading, tmp_path: Path) -> None:
    file = encrypted(pdf(tmp_path / "a.pdf", [["Тайна, которую никто не знает"]]), "верно")
    assert await problem(reading, file) is Problem.PASSWORD_NEEDED
    assert await problem(reading, file, "неверно") is Problem.PASSWORD_WRONG
    assert (await pages(reading, file, "верно"))[0].text == "Тайна, которую никто не знает"


async def test_a_page_is_drawn_with_the_passage_marked(reading: Reading, tmp_path: Path) -> None:
    for file in (
        pdf(tmp_path / "a.pdf", [["Срок аренды составляет", "один год."]]),
        word_file(tmp_path / "a.docx"),
    ):
        plain = await reading.render(file, 1, "", "")
        marked = await reading.render(
            file, 1, "аренды составляет один" if file.suffix == ".pdf" else "второй этаж", ""
        )
        assert plain.startswith(b"\x89PNG")
        assert marked != plain


async def test_a_file_can_be_given_up_and_the_next_one_is_read(reading: Reading, tmp_path: Path) -> None:
    slow = scanned_pdf(tmp_path / "a.pdf", *[["Страница, которую никто не дождётся"]] * 20)
    async with aclosing(reading.read(slow, "", "a.pdf")) as found:
        await anext(found)
    assert await pages(reading, pdf(tmp_path / "b.pdf", [["Следующий документ"]]))


def endless_stream(file: Path) -> Path:
    """A page whose content unpacks to 200 MB of drawing."""
    content = zlib.compress(b"0 0 m 1 1 l S\n" * 15_000_000, 9)
    return _raw_pdf(file, content)


def deep_tree(file: Path) -> Path:
    """A tree of pages that is its own branch."""
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>endobj\n"
    body += (
        b"2 0 obj<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
    )
    body += b"4 0 obj<</First 5 0 R>>endobj\n5 0 obj<</Title(x)/Next 5 0 R/First 5 0 R>>endobj\n"
    file.write_bytes(body + b"trailer<</Root 1 0 R>>")
    return file


def vast_picture(file: Path) -> Path:
    """A picture of 900 million dots, which is packed into 100 KB."""
    content = zlib.compress(bytes(30_000 * 30_000 // 8), 9)
    head = "/Type/XObject/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 1/ColorSpace/DeviceGray"
    picture = f"<<{head}/Filter/FlateDecode/Length {len(content)}>>stream\n".encode() + content
    drawing = zlib.compress(b"600 0 0 600 0 0 cm /X Do")
    return _raw_pdf(file, drawing, drawn=[picture + b"\nendstream"])


def drawings_in_drawings(file: Path) -> Path:
    """Ten drawings of ten drawings of ten drawings, and so on: a page of ten to the fifteenth."""
    drawing = b"/X Do " * 10
    head = "/Type/XObject/Subtype/Form/BBox[0 0 600 600]/Length 60"
    levels = [
        f"<<{head}/Resources<</XObject<</X {number} 0 R>>>>>>stream\n".encode() + drawing + b"\nendstream"
        for number in range(6, 20)
    ]
    return _raw_pdf(file, zlib.compress(drawing), drawn=levels)


def packed_thrice(file: Path) -> Path:
    content = bytes(300_000_000)
    for _ in range(3):
        content = zlib.compress(content, 1)
    return _raw_pdf(file, content, filters="/FlateDecode " * 3)


def many_objects(file: Path) -> Path:
    rest = b"".join(f"{number} 0 obj<</A 1>>endobj\n".encode() for number in range(10, 60_000))
    file = _raw_pdf(file, zlib.compress(b"0 0 1 1 re f"))
    file.write_bytes(file.read_bytes().replace(b"trailer", rest + b"trailer"))
    return file


def huge_page(file: Path) -> Path:
    return _raw_pdf(file, zlib.compress(b"0 0 1000000 1000000 re f"), side=20_000_000)


def truncated(file: Path) -> Path:
    content = pdf(file, [["Страница"]] * 50).read_bytes()
    file.write_bytes(content[: len(content) // 2])
    return file


def noise(file: Path) -> Path:
    file.write_bytes(b"%PDF-1.7\n" + Random(7).randbytes(2_000_000))
    return file


def xml_bomb(file: Path) -> Path:
    nested = "<w:p>" * 200_000
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>'
    )
    return archive_file(
        file.with_suffix(".docx"), {"[Content_Types].xml": types, "word/document.xml": nested}
    )


def table_of_ten_million_cells(file: Path) -> Path:
    file = file.with_suffix(".csv")
    file.write_bytes(b"1;2;3;4;5;6;7;8;9;0\n" * 1_000_000)
    return file


def greatest_child_kilobytes() -> int:
    """How large any child that has ended ever was.

    Each counts this process at its largest as its own, from before it was another program: so one does now.
    """
    subprocess.run(["true"], check=True)
    return getrusage(RUSAGE_CHILDREN).ru_maxrss


@pytest.mark.parametrize(
    "make",
    [
        *(endless_stream, packed_thrice, vast_picture, drawings_in_drawings, many_objects),
        *(deep_tree, huge_page, truncated, noise, xml_bomb, table_of_ten_million_cells),
    ],
)
async def test_whatever_a_file_does_it_ends_and_the_next_one_is_read(
    reading: Reading, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    file = make(tmp_path / "hostile.pdf")
    before = greatest_child_kilobytes()
    with suppress(Unreadable):
        await pages(reading, file)
    assert greatest_child_kilobytes() <= max(before, QUICK.memory_bytes // 1024)
    assert await pages(reading, pdf(tmp_path / "b.pdf", [["Следующий документ"]]))


@pytest.mark.parametrize("make", [huge_page, vast_picture, drawings_in_drawings])
async def test_whatever_a_page_is_it_is_drawn_or_refused(
    reading: Reading, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    with suppress(Unreadable):
        await reading.render(make(tmp_path / "hostile.pdf"), 1, "слова", "")
    assert await reading.render(pdf(tmp_path / "b.pdf", [["Следующий документ"]]), 1, "", "")


async def test_a_damaged_file_is_read_as_far_as_it_goes_or_refused(reading: Reading, tmp_path: Path) -> None:
    whole = pdf(tmp_path / "a.pdf", [["Страница договора"]] * 5, title="Договор", outline=["Предмет"])
    files = [_damaged(whole, tmp_path / f"{seed}.pdf", Random(seed)) for seed in range(4)]
    found = await asyncio.gather(*(pages(reading, file) for file in files), return_exceptions=True)
    assert all(isinstance(each, list | Unreadable) for each in found)


async def test_every_format_is_read_in_confinement(reading: Reading, tmp_path: Path) -> None:
    words = "Срок аренды один год"
    files = [
        word_file(tmp_path / "a.docx"),
        slides_file(tmp_path / "a.pptx"),
        sheets_file(tmp_path / "a.xlsx", {"Лист": [[words]]}),
        open_document_file(tmp_path / "a.odt", f"<text:p>{words}</text:p>"),
        book_file(tmp_path / "a.epub", {"Глава": f"<p>{words}</p>"}),
        picture_file(tmp_path / "a.webp", scan([words])),
        text_file(tmp_path / "a.txt", words, "cp1251"),
        text_file(tmp_path / "a.html", f"<html><body><p>{words}</p></body></html>"),
        text_file(tmp_path / "a.rtf", "{\\rtf1 one year}"),
    ]
    for file in files:
        assert await pages(reading, file), file.suffix


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        (replace(QUICK, pages=2), Problem.TOO_MANY_PAGES),
        (replace(QUICK, text_characters=10), Problem.TOO_MUCH_TEXT),
        (replace(QUICK, wall_seconds=0.0), Problem.TOO_SLOW),
    ],
)
async def test_each_limit_has_a_name(tmp_path: Path, limits: ReadingLimits, wanted: Problem) -> None:
    file = pdf(tmp_path / "a.pdf", [["Страница договора"]] * 3)
    async with Reading.open(limits) as reading:
        assert await problem(reading, file) is wanted


async def test_a_reader_that_is_killed_breaks_only_its_file(reading: Reading, tmp_path: Path) -> None:
    slow = scanned_pdf(tmp_path / "a.pdf", *[["Страница, которую долго читать"]] * 20)
    before = _readers()
    async with aclosing(reading.read(slow, "", "a.pdf")) as found:
        await anext(found)
        for child in before & _readers():
            os.kill(child, signal.SIGKILL)
        with pytest.raises(Unreadable):
            async for _ in found:
                pass
    assert await pages(reading, pdf(tmp_path / "b.pdf", [["Следующий документ"]]))


async def test_the_service_does_not_start_where_the_kernel_does_not_confine() -> None:
    """Where there is no Landlock: the call that makes its rules is not known."""
    script = (
        "import asyncio, errno, pyseccomp\n"
        "from services.docs.limits import ReadingLimits\n"
        "from services.docs.reading import Reading\n"
        "calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)\n"
        "calls.add_rule(pyseccomp.ERRNO(errno.ENOSYS), 'landlock_create_ruleset')\n"
        "calls.load()\n"
        "asyncio.run(Reading.open(ReadingLimits()).__aenter__())\n"
    )
    command = (sys.executable, "-c", script)
    ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert "StartupError" in ended.stderr
    assert "Landlock" in ended.stderr


async def test_files_are_read_side_by_side(reading: Reading, tmp_path: Path) -> None:
    files = [pdf(tmp_path / f"{number}.pdf", [[f"Документ {number}"]]) for number in range(4)]
    found = await asyncio.gather(*(pages(reading, file) for file in files))
    assert [page.text for [page] in found] == [f"Документ {number}" for number in range(4)]


def text_file(file: Path, text: str, encoding: str = "utf-8") -> Path:
    file.write_bytes(text.encode(encoding))
    return file


def _raw_pdf(
    file: Path,
    content: bytes,
    *,
    side: int = 600,
    filters: str = "/FlateDecode",
    drawn: Sequence[bytes] = (),
) -> Path:
    page = f"/MediaBox[0 0 {side} {side}]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R{page}>>".encode(),
        f"<</Length {len(content)}/Filter[{filters}]>>stream\n".encode() + content + b"\nendstream",
        *drawn,
    ]
    numbered = (
        f"{number} 0 obj".encode() + each + b"endobj\n" for number, each in enumerate(objects, start=1)
    )
    file.write_bytes(b"%PDF-1.7\n" + b"".join(numbered) + b"trailer<</Root 1 0 R>>")
    return file


def _damaged(whole: Path, file: Path, chance: Random) -> Path:
    content = bytearray(whole.read_bytes())
    for _ in range(chance.randrange(1, 60)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    del content[: chance.choice((0, 0, len(content) // 3))]
    file.write_bytes(b"%PDF-1.7\n" + content)
    return file


def _readers() -> set[int]:
    """The processes that this one has started to read files, and no others."""
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    children = {pid for task in tasks for pid in (task / "children").read_text().split()}
    return {int(pid) for pid in children if COMMAND.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()}
