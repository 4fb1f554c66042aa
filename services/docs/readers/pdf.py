from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # no stubs
from PIL import Image, ImageDraw
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE  # type: ignore[import-untyped]  # no stubs

from services.docs.readers.base import Format, OpenDocument, Overview, Page, PageUnit, Problem, Unreadable
from services.docs.readers.ocr import DOTS_PER_INCH, MAX_SIDE_PIXELS, Recogniser
from services.docs.readers.passages import find_passage
from services.docs.readers.pdf_facts import PdfFacts, second_opinion
from services.docs.readers.pdf_layout import Piece, laid_out_text, tidy

POINTS_PER_INCH: Final = 72
LEAST_CHARACTERS: Final = 16
"""A page with fewer is a picture with a page number, if there is a picture."""
MAX_PIECES: Final = 20_000
MARK: Final = (255, 214, 10, 96)
MARGIN_PIXELS: Final = 2


class PdfReader:
    """PDF: text by pdfium, facts and a second opinion by pypdf, scans by the recogniser."""

    def open(self, file: Path, password: str) -> OpenDocument:
        try:
            pdf = pypdfium2.PdfDocument(file, password=password or None)
            if len(pdf) == 0:
                raise Unreadable(Problem.EMPTY)
        except pypdfium2.PdfiumError as error:
            if "password" not in str(error).lower():
                raise Unreadable(Problem.BROKEN) from error
            raise Unreadable(Problem.PASSWORD_WRONG if password else Problem.PASSWORD_NEEDED) from error
        return _Pdf(pdf, file, password)


class _Pdf:
    def __init__(self, pdf: pypdfium2.PdfDocument, file: Path, password: str) -> None:
        self._pdf = pdf
        self._file = file
        self._password = password
        self._recogniser = Recogniser()
        facts = PdfFacts(file, password)
        self.overview = Overview(
            Format.PDF, PageUnit.PAGE, len(pdf), facts.title, facts.author, facts.headings
        )

    def pages(self) -> Iterator[Page]:
        for number in range(1, len(self._pdf) + 1):
            try:
                page = self._pdf[number - 1]
            except pypdfium2.PdfiumError:
                yield Page(number, "")  # one page that cannot be loaded does not spoil the others
                continue
            try:
                yield self._read(page, number)
            finally:
                page.close()

    def _read(self, page: pypdfium2.PdfPage, number: int) -> Page:
        text = _text_of(page)
        if _is_garbage(text):
            other = tidy(second_opinion(self._file, self._password, number))
            text = "" if _is_garbage(other) else other
        if len("".join(text.split())) >= LEAST_CHARACTERS or not (_has_pictures(page) or not text):
            return Page(number, text)
        if not text and not _has_pictures(page) and not any(True for _ in page.get_objects(max_depth=1)):
            return Page(number, "")  # an empty page
        recognised = tidy(self._recogniser.text_on(_picture_of(page, DOTS_PER_INCH, MAX_SIDE_PIXELS)))
        return Page(number, recognised or text, is_recognised=bool(recognised))

    def render(self, page_number: int, passage: str, max_side_pixels: int) -> bytes:
        page = self._pdf[page_number - 1]
        scale = max_side_pixels / max(page.get_size())
        picture = page.render(scale=scale).to_pil().convert("RGB")
        boxes = list(_boxes_of(page, passage)) if passage else []
        if boxes:
            picture = _marked(picture, boxes, scale, page.get_height())
        out = BytesIO()
        picture.save(out, "PNG")
        return out.getvalue()


def _text_of(page: pypdfium2.PdfPage) -> str:
    text_page = page.get_textpage()
    try:
        count = text_page.count_rects()
        if count > MAX_PIECES:
            return tidy(text_page.get_text_range())
        boxes = (text_page.get_rect(number) for number in range(count))
        runs = ((box, text_page.get_text_bounded(*box)) for box in boxes)
        pieces = [Piece(box[0], box[1], box[2], box[3], text) for box, text in runs if text.strip()]
        return laid_out_text(pieces, page.get_width())
    finally:
        text_page.close()


def _is_garbage(text: str) -> bool:
    """Whether a page's letters have no meaning: fonts without a map to Unicode."""
    signs = [sign for sign in text if not sign.isspace()]
    strange = sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" or sign < " " for sign in signs)
    return len(signs) >= LEAST_CHARACTERS and strange > len(signs) // 4


def _has_pictures(page: pypdfium2.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _picture_of(page: pypdfium2.PdfPage, dots_per_inch: int, max_side_pixels: int) -> Image.Image:
    scale = min(dots_per_inch / POINTS_PER_INCH, max_side_pixels / max(*page.get_size(), 1))
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture


def _boxes_of(page: pypdfium2.PdfPage, passage: str) -> Iterator[tuple[float, float, float, float]]:
    """Where a passage stands on a page, line by line, in points from the lower left corner."""
    text_page = page.get_textpage()
    try:
        span = find_passage(text_page.get_text_range(), passage)
        if span is not None:
            begin, end = span
            for number in range(text_page.count_rects(begin, end - begin)):
                yield text_page.get_rect(number)
    finally:
        text_page.close()


def _marked(
    picture: Image.Image, boxes: list[tuple[float, float, float, float]], scale: float, height: float
) -> Image.Image:
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for left, bottom, right, top in boxes:
        corners = (left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)
        pen.rectangle(
            (
                *(corners[0] - MARGIN_PIXELS, corners[1] - MARGIN_PIXELS),
                *(corners[2] + MARGIN_PIXELS, corners[3] + MARGIN_PIXELS),
            ),
            fill=MARK,
        )
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")
