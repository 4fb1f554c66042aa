import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Final

import aiohttp
import pypdfium2  # type: ignore[import-untyped]  # no stubs

from services.chassis.client import channel
from services.docs.limits import ReadingLimits
from services.docs.readers.base import Page, Unreadable
from services.docs.readers.ocr import Recogniser
from services.docs.reading import Reading
from services.gateway.dialogue import Speaker
from services.gateway.docs_client import DocsClient
from services.gateway.documents import Document, Inquiry, Source, Sources, Upload
from tests.load.figures import Figures, percentile, rounded
from tests.load.house import vendors_of
from tests.load.progress import tell, warn_if_busy
from tests.support import office_files
from tests.support.documents import encrypted, pdf, picture_file, scan, scanned_pdf
from tests.support.processes import RealProcess
from tests.support.stack import running_stack

TEXT_PAGES: Final = 1000
SCANNED_PAGES: Final = 10
LINES: Final = 40
SIZES: Final = {10: 20, 500: 8}
"""How many documents of so many pages are sent, one after the other."""
OF_EACH_KIND: Final = 20
ENCODINGS: Final = ("utf-8", "cp1251", "koi8-r", "utf-16")
TIMEOUT_SECONDS: Final = 120.0
WATCH_SECONDS: Final = 0.05


async def documents(directory: Path) -> Figures:
    """Pages a second beside the libraries alone, time to first words, memory, and what comes through."""
    warn_if_busy()
    async with Reading.open(ReadingLimits()) as reading:
        speed = await _speed(reading, directory)
        through = await _through(reading, directory)
    return {**speed, **through, **await _first_words(directory)}


async def _speed(reading: Reading, directory: Path) -> Figures:
    tell(f"{TEXT_PAGES} pages of text, {SCANNED_PAGES} scanned ones")
    written = pdf(directory / "text.pdf", [_lines(number) for number in range(TEXT_PAGES)])
    scanned = scanned_pdf(directory / "scan.pdf", *([_lines(n)[:10] for n in range(SCANNED_PAGES)]))
    pictures = [scan(_lines(number)[:10]) for number in range(SCANNED_PAGES)]
    recogniser = Recogniser()
    own_text = await _seconds(lambda: _read(reading, written))
    own_scan = await _seconds(lambda: _read(reading, scanned))
    alone_text = await _seconds(lambda: asyncio.to_thread(_pdfium_alone, written))
    alone_scan = await _seconds(lambda: asyncio.to_thread(lambda: [*map(recogniser.read, pictures)]))
    return {
        "text_pages_per_second": rounded(TEXT_PAGES / own_text, 1),
        "text_pages_per_second_pdfium_alone": rounded(TEXT_PAGES / alone_text, 1),
        "scanned_pages_per_second": rounded(SCANNED_PAGES / own_scan, 2),
        "scanned_pages_per_second_tesseract_alone": rounded(SCANNED_PAGES / alone_scan, 2),
    }


async def _through(reading: Reading, directory: Path) -> Figures:
    """Files of every kind, some of them broken, locked or empty as people's are."""
    outcomes: dict[str, int] = {}
    for file in _files(directory / "files"):
        try:
            await _read(reading, file)
            outcome = "read"
        except Unreadable as error:
            outcome = str(error.problem)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    total = sum(outcomes.values())
    tell(f"{total} files: {outcomes}")
    return {
        "files": total,
        "files_read_share": rounded(outcomes["read"] / total),
        "files_by_outcome": outcomes,
    }


async def _first_words(directory: Path) -> Figures:
    figures: Figures = {}
    async with (
        running_stack(directory, gateways=0, docs=True) as stack,
        aiohttp.ClientSession() as session,
        channel(stack.docs_target) as to_docs,
    ):
        [vendor] = vendors_of(stack, session)
        await vendor.pace(first_token_ms=200, tokens_per_second=1000, tokens=100)
        docs = DocsClient(to_docs, timeout_seconds=TIMEOUT_SECONDS)
        process = stack.processes["docs"]
        peak: list[float] = []
        watching = asyncio.create_task(_watch(process, peak))
        for page_count, times in SIZES.items():
            tell(f"{times} documents of {page_count} pages, from the upload to the first words about them")
            seconds: list[float | None] = []
            for number in range(times):
                content = _document(directory, page_count, number)
                seconds.append(await _until_first_words(docs, f"load.{page_count}.{number}", content))
            figures[f"first_words_{page_count}_pages_p50_s"] = rounded(percentile(seconds, 50))
            figures[f"first_words_{page_count}_pages_p99_s"] = rounded(percentile(seconds, 99))
        watching.cancel()
        figures["rss_mb_peak"] = rounded(max(peak), 1)
    return figures


async def _until_first_words(docs: DocsClient, name: str, content: bytes) -> float:
    """Seconds from the first byte of the upload to the first words of an answer to a question about it."""
    speaker = Speaker(1, 1, "ru")
    began = time.monotonic()
    document: Document | None = None
    upload = Upload(name, speaker, "a.pdf", "application/pdf", content)
    async with aclosing(docs.upload(upload)) as events:
        async for event in events:
            document = event if isinstance(event, Document) else None
    if document is None:
        raise ValueError("the document was not kept")
    sources = Sources((Source(document.document_id, document.unit),), "Что сказано о сроках?")
    inquiry = Inquiry(f"{name}.q", "", f"{name}.c", speaker, sources)
    first_at: float | None = None
    async with aclosing(docs.ask(inquiry)) as answer:
        async for piece in answer:
            if isinstance(piece, str) and first_at is None:
                first_at = time.monotonic()
    if first_at is None:
        raise ValueError("nothing was answered")
    return first_at - began


def _document(directory: Path, page_count: int, number: int) -> bytes:
    pages = [_lines(page * 31 + number) for page in range(page_count)]
    return pdf(directory / "document.pdf", pages).read_bytes()


def _lines(seed: int) -> list[str]:
    chance = random.Random(seed)
    words = ("договор", "срок", "аренда", "платёж", "сторона", "условие", "приложение", "дом", "поставка")
    return [" ".join(chance.choices(words, k=8)).capitalize() + "." for _ in range(LINES)]


def _files(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    makers: dict[str, Callable[[Path, int], Path]] = {
        "pdf": lambda file, n: pdf(file, [_lines(n), _lines(n + 1)], title=f"Файл {n}"),
        "docx": lambda file, _n: office_files.word_file(file),
        "pptx": lambda file, _n: office_files.slides_file(file),
        "xlsx": lambda file, n: office_files.sheets_file(file, {"Лист": [[line] for line in _lines(n)]}),
        "odt": lambda file, n: office_files.open_document_file(file, f"<text:p>{_lines(n)[0]}</text:p>"),
        "epub": lambda file, n: office_files.book_file(file, {"a.xhtml": f"<p>{_lines(n)[0]}</p>"}),
        "txt": lambda file, n: _written(file, "\n".join(_lines(n)), ENCODINGS[n % 4]),
        "md": lambda file, n: _written(file, f"# Глава {n}\n\n" + "\n\n".join(_lines(n)), "utf-8"),
        "csv": lambda file, n: _written(file, "\n".join(f"{line};{n}" for line in _lines(n)), "cp1251"),
        "html": lambda file, n: _written(file, f"<html><body><p>{_lines(n)[0]}</p></body></html>", "utf-8"),
        "rtf": lambda file, n: _written(file, rf"{{\rtf1\ansi text {n}\par}}", "ascii"),
        "png": lambda file, n: picture_file(file, scan(_lines(n)[:4])),
    }
    for suffix, make in makers.items():
        for number in range(OF_EACH_KIND):
            file = make(folder / f"{number}.{suffix}", number)
            if number == 0:
                file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])  # an upload that was cut off
            if suffix == "pdf" and number == 1:
                encrypted(file, "пароль")
            yield file


def _written(file: Path, text: str, encoding: str) -> Path:
    file.write_bytes(text.encode(encoding))
    return file


async def _read(reading: Reading, file: Path) -> int:
    async with aclosing(reading.read(file, "", file.name)) as found:
        return sum([isinstance(each, Page) async for each in found])


def _pdfium_alone(file: Path) -> int:
    document = pypdfium2.PdfDocument(file)
    return sum(len(page.get_textpage().get_text_range()) for page in document)


async def _seconds(do: Callable[[], Awaitable[object]]) -> float:
    began = time.monotonic()
    await do()
    return time.monotonic() - began


async def _watch(process: RealProcess, seen: list[float]) -> None:
    while True:
        seen.append(process.family_rss_mb())
        await asyncio.sleep(WATCH_SECONDS)
