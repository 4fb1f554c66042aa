from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # no stubs
from PIL import Image
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE  # type: ignore[import-untyped]  # no stubs

from services.docs.readers.base import Format, OpenDocument, Overview, Page, PageUnit, Problem, Unreadable
from services.docs.readers.marks import Letters, PixelBox, marked, png_of
from services.docs.readers.ocr import DOTS_PER_INCH, MAX_SIDE_PIXELS, Recogniser
from services.docs.readers.pdf_facts import PdfFacts
from services.docs.readers.pdf_layout import regions, tidy
from services.docs.readers.pdf_text import PageText

POINTS_PER_INCH: Final = 72
LEAST_CHARACTERS: Final = 16
"""A page with fewer is a picture with a page number, if there is a picture."""
CAPTION_CHARACTERS: Final = 300
"""A page of fewer may still be a picture, with what a scanning program has written on it."""
PICTURE_PART: Final = 0.6
"""Of a page that is a picture."""


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
        return _Pdf(pdf, PdfFacts(file, password))


class _Pdf:
    def __init__(self, pdf: pypdfium2.PdfDocument, facts: PdfFacts) -> None:
        self._pdf = pdf
        self._facts = facts
        self._recogniser = Recogniser()
        self._is_recogniser_missing = False
        self.overview = Overview(
            Format.PDF, PageUnit.PAGE, len(pdf), facts.title, facts.author, facts.headings
        )

    def pages(self) -> Iterator[Page]:
        has_text = False
        for number in range(1, len(self._pdf) + 1):
            try:
                with closing(self._pdf[number - 1]) as page:
                    read = self._read(page, number)
            except pypdfium2.PdfiumError:
                read = Page(number, "")  # one page that is broken does not spoil the others
            has_text = has_text or bool(read.text)
            yield read
        if self._is_recogniser_missing and not has_text:
            raise Unreadable(Problem.OCR_MISSING)

    def render(self, page_number: int, passage: str, max_side_pixels: int) -> bytes:
        try:
            page = self._pdf[page_number - 1]
            bitmap = page.render(scale=max_side_pixels / max(*page.get_size(), 1))
        except pypdfium2.PdfiumError as error:
            raise Unreadable(Problem.BROKEN) from error
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        try:
            if passage:
                picture = self._marked(page, page_number, passage, picture, bitmap.get_posconv(page))
        except (pypdfium2.PdfiumError, Unreadable):
            return png_of(picture)  # rather without a mark than not at all
        return png_of(picture)

    def _marked(
        self,
        page: pypdfium2.PdfPage,
        number: int,
        passage: str,
        picture: Image.Image,
        converter: pypdfium2.PdfPosConv,
    ) -> Image.Image:
        if _may_be_picture(page, self._text_of(page, number)):
            return self._recogniser.read(_picture_of(page)).marked(picture, passage)
        return marked(picture, [_on(converter, box) for box in _boxes_of(page, passage)])

    def _read(self, page: pypdfium2.PdfPage, number: int) -> Page:
        text = self._text_of(page, number)
        if not _may_be_picture(page, text):
            return Page(number, text)
        recognised = self._recognised(page)
        is_better = len(recognised) > len(text)
        return Page(number, recognised if is_better else text, is_recognised=is_better)

    def _recognised(self, page: pypdfium2.PdfPage) -> str:
        if self._is_recogniser_missing:
            return ""
        try:
            return self._recogniser.read(_picture_of(page)).text
        except Unreadable:
            self._is_recogniser_missing = True  # the other pages may still have text
            return ""

    def _text_of(self, page: pypdfium2.PdfPage, number: int) -> str:
        with PageText(page) as page_text:
            text = page_text.text()
        if not _is_garbage(text):
            return text
        other = tidy(self._facts.second_opinion(number))
        return "" if _is_garbage(other) else other


def _is_garbage(text: str) -> bool:
    """Whether a page's letters have no meaning: fonts without a map to Unicode, or with that of another."""
    signs = [sign for sign in text if not sign.isspace()]
    strange = sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" or sign < " " for sign in signs)
    # Cyrillic letters that are taken for Latin ones; no language has so many with accents.
    accented = sum("À" <= sign <= "ÿ" for sign in signs)
    return len(signs) >= LEAST_CHARACTERS and (strange > len(signs) // 4 or accented > len(signs) // 2)


def _may_be_picture(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether more can be read off the page than is written in the file."""
    count = len("".join(text.split()))
    if count >= CAPTION_CHARACTERS:
        return False
    part = _picture_part(page)
    if count >= LEAST_CHARACTERS:
        return part >= PICTURE_PART
    # Letters may be drawn as shapes, too.
    return part > 0 or (not count and any(True for _ in page.get_objects(max_depth=1)))


def _picture_part(page: pypdfium2.PdfPage) -> float:
    """How much of the page its pictures take, as far as that can be told."""
    part, size = 0.0, page.get_width() * page.get_height()
    for each in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = each.get_bounds()
        part += abs((right - left) * (top - bottom)) / max(size, 1.0)
    return part


def _picture_of(page: pypdfium2.PdfPage) -> Image.Image:
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, MAX_SIDE_PIXELS / max(*page.get_size(), 1))
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture


def _boxes_of(page: pypdfium2.PdfPage, passage: str) -> list[tuple[float, float, float, float]]:
    """Where a passage stands on a page, line by line, in points as the file counts them."""
    with PageText(page) as text:
        runs = [run for region in regions(list(text.runs())) for run in region]
        letters = Letters((run.begin + at, sign) for run in runs for at, sign in enumerate(run.text))
        return [box for begin, end in _ranges(letters.owners(passage)) for box in text.boxes(begin, end)]


def _ranges(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Numbers as ranges; what is only a space or a mark apart belongs together."""
    begin = end = -1
    for number in numbers:
        if not end <= number <= end + 2:
            if end > begin:
                yield begin, end
            begin = number
        end = number + 1
    if end > begin:
        yield begin, end


def _on(converter: pypdfium2.PdfPosConv, box: tuple[float, float, float, float]) -> PixelBox:
    """A box of the page on its picture, which may be turned."""
    (x, y), (other_x, other_y) = converter.to_bitmap(*box[:2]), converter.to_bitmap(*box[2:])
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)
