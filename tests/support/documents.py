import re
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # no stubs
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # no stubs
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]  # no stubs
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # no stubs
from ttf_opensans import opensans  # type: ignore[import-untyped]  # no stubs

FONT = "OpenSans"
LINE_POINTS = 16.0

Placed = tuple[float, float, str]
"""A line, and where it begins: points from the left and from below."""


def pdf(file: Path, pages: Sequence[Sequence[str]], *, title: str = "", outline: Sequence[str] = ()) -> Path:
    """A PDF of pages of lines; `outline` names the first pages."""
    canvas = _canvas(file)
    if title:
        canvas.setTitle(title)
    for number, lines in enumerate(pages):
        if number < len(outline):
            canvas.bookmarkPage(str(number))
            canvas.addOutlineEntry(outline[number], str(number), level=0)
        _write(canvas, lines, 60.0)
        canvas.showPage()
    canvas.save()
    return file


def pdf_in_columns(file: Path, left: Sequence[str], right: Sequence[str], headline: str = "") -> Path:
    """A page of two columns whose lines the file has row by row, as some programs write them."""
    canvas = _canvas(file)
    top = A4[1] - 60.0
    if headline:
        canvas.drawString(60.0, top, headline)
    for number, (one, other) in enumerate(zip(left, right, strict=True)):
        at = top - 40.0 - number * LINE_POINTS
        canvas.drawString(60.0, at, one)
        canvas.drawString(320.0, at, other)
    canvas.save()
    return file


def placed_pdf(file: Path, *lines: Placed, degrees: int = 0) -> Path:
    """A page of lines that stand where they are told to; with `degrees` written on its side, and turned."""
    canvas = _canvas(file)
    across, up = {0: (0, 0), 90: (A4[0], 0), 180: A4, 270: (0, A4[1])}[degrees]
    canvas.translate(across, up)
    canvas.rotate(degrees)
    canvas.setFont(FONT, 12)
    for left, at, line in lines:
        canvas.drawString(left, at, line)
    canvas.save()
    return turned(file, file, degrees) if degrees else file


def turned(file: Path, of: Path, degrees: int, *, stamp: Path | None = None) -> Path:
    """The same pages turned, and with what another file has written over them."""
    writer = pypdf.PdfWriter(clone_from=of)
    for page in writer.pages:
        page.rotate(degrees)
        if stamp is not None:
            page.merge_page(pypdf.PdfReader(stamp).pages[0])
    writer.write(file)
    return file


def with_letters(file: Path, letters: Callable[[str], str]) -> Path:
    """Let the letters of a PDF look as before, and mean others."""
    writer = pypdf.PdfWriter(clone_from=file)
    for font in writer.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]  # is a dictionary
        if "/ToUnicode" in font:
            meant = font["/ToUnicode"].get_data().decode()
            meaning = re.sub(r"(?<= )<(0[0-9A-F]{3})>(?=\n|$)", lambda each: _code(letters, each[1]), meant)
            font["/ToUnicode"].set_data(meaning.encode())
    writer.write(file)
    return file


def _code(letters: Callable[[str], str], code: str) -> str:
    return f"<{ord(letters(chr(int(code, 16)))):04X}>"


def scan(lines: Sequence[str], *, size: tuple[int, int] = (1240, 900)) -> Image.Image:
    """A page as a scanner sees it."""
    picture = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(opensans().path, 40)
    for number, line in enumerate(lines):
        pen.text((80, 80 + number * 70), line, font=font, fill=(20, 20, 20))
    return picture


def scanned_pdf(file: Path, *pages: Sequence[str]) -> Path:
    """A PDF whose pages are pictures."""
    first, *others = (scan(lines) for lines in pages)
    first.save(file, "PDF", resolution=150, save_all=True, append_images=others)
    return file


def joined(file: Path, *parts: Path) -> Path:
    """The pages of several PDFs in one."""
    writer = pypdf.PdfWriter()
    for part in parts:
        writer.append(part)
    writer.write(file)
    return file


def encrypted(file: Path, password: str) -> Path:
    """The same PDF, locked with a password."""
    writer = pypdf.PdfWriter(clone_from=file)
    writer.encrypt(password, algorithm="AES-256")
    writer.write(file)
    return file


def picture_file(file: Path, picture: Image.Image) -> Path:
    content = BytesIO()
    picture.save(content, file.suffix.removeprefix(".").upper().replace("JPG", "JPEG"))
    file.write_bytes(content.getvalue())
    return file


def _canvas(file: Path) -> Any:
    pdfmetrics.registerFont(TTFont(FONT, opensans().path))
    canvas = Canvas(str(file), pagesize=A4)
    canvas.setFont(FONT, 12)
    return canvas


def _write(canvas: Any, lines: Sequence[str], left: float) -> None:
    canvas.setFont(FONT, 12)
    at = A4[1] - 60.0
    for line in lines:
        if line:
            canvas.drawString(left, at, line)
        at -= LINE_POINTS
