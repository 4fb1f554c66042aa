import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from services.docs.readers.base import Format, OpenDocument, Overview, Page, PageUnit
from services.docs.readers.marks import png_of
from services.docs.readers.ocr import MAX_SIDE_PIXELS, Recogniser, decoding

FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF")
MAX_PIXELS: Final = 60_000_000


class ImageReader:
    """Photos and scans of pages; a TIFF may hold several."""

    def open(self, file: Path, password: str) -> OpenDocument:  # noqa: ARG002  # none has one
        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with decoding():
            return _Scans(Image.open(file, formats=FORMATS))


class _Scans:
    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture
        self._recogniser = Recogniser()
        # Frames of a moving picture are no pages.
        frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        self.overview = Overview(Format.IMAGE, PageUnit.PAGE, frames)

    def pages(self) -> Iterator[Page]:
        for number in range(1, self.overview.page_count + 1):
            text = self._recogniser.read(self._page(number)).text
            yield Page(number, text, is_recognised=True)

    def render(self, page_number: int, passage: str, max_side_pixels: int) -> bytes:
        picture = self._page(page_number)
        found = self._recogniser.read(picture) if passage else None
        picture.thumbnail((max_side_pixels, max_side_pixels))
        return png_of(found.marked(picture, passage) if found else picture)

    def _page(self, number: int) -> Image.Image:
        with decoding():
            self._picture.seek(number - 1)
            # JPEGs are unpacked no larger than they are looked at.
            self._picture.draft("RGB", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            return ImageOps.exif_transpose(self._picture).convert("RGB")
