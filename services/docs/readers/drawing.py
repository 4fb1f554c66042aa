from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont
from ttf_opensans import opensans  # type: ignore[import-untyped]  # no stubs

from services.docs.readers.passages import find_passage

FONT_PIXELS: Final = 22
LINE_PIXELS: Final = 32
MARGIN_PIXELS: Final = 56
WIDTH_PIXELS: Final = 1000
MARK: Final = (255, 236, 130)
INK: Final = (24, 24, 28)
PAPER: Final = (255, 255, 255)

Line = tuple[int, str]
"""Where a line begins in the text, and what it says."""


def draw_text(text: str, passage: str, max_side_pixels: int) -> bytes:
    """Draw a text as a page, the passage marked where it is found. Returns a PNG."""
    font = ImageFont.truetype(opensans().path, FONT_PIXELS)
    lines = _wrapped(text, font)
    most_lines = max(1, (max_side_pixels - 2 * MARGIN_PIXELS) // LINE_PIXELS)
    mark = find_passage(text, passage) if passage else None
    first = _first_line(lines, mark, most_lines)
    shown = lines[first : first + most_lines]
    picture = Image.new("RGB", (WIDTH_PIXELS, 2 * MARGIN_PIXELS + LINE_PIXELS * len(shown)), PAPER)
    pen = ImageDraw.Draw(picture)
    for number, (begin, line) in enumerate(shown):
        top = MARGIN_PIXELS + number * LINE_PIXELS
        if mark is not None:
            _mark(pen, font, line, (mark[0] - begin, mark[1] - begin), top)
        pen.text((MARGIN_PIXELS, top), line, font=font, fill=INK)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _mark(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, line: str, span: tuple[int, int], top: int
) -> None:
    begin, end = max(0, span[0]), min(len(line), span[1])
    if begin < end:
        left, right = font.getlength(line[:begin]), font.getlength(line[:end])
        pen.rectangle((MARGIN_PIXELS + left - 2, top, MARGIN_PIXELS + right + 2, top + LINE_PIXELS), MARK)


def _first_line(lines: list[Line], mark: tuple[int, int] | None, most_lines: int) -> int:
    """The line that the picture begins with, so that the mark is on it."""
    if mark is None:
        return 0
    marked = max((number for number, (begin, _) in enumerate(lines) if begin <= mark[0]), default=0)
    return 0 if marked < most_lines else marked - most_lines // 3


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[Line]:
    width = WIDTH_PIXELS - 2 * MARGIN_PIXELS
    lines: list[Line] = []
    position = 0
    for paragraph in text.split("\n"):
        begin, rest = position, paragraph
        while font.getlength(rest) > width:
            end = _fitting(rest, font, width)
            lines.append((begin, rest[:end]))
            begin, rest = begin + end, rest[end:]
        lines.append((begin, rest))
        position += len(paragraph) + 1
    return lines


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """How many characters of a text fit into a line; it breaks after a space where there is one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= width else (low, middle - 1)
    space = text.rfind(" ", 0, low)
    return space + 1 if space > 0 else low
