import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from services.docs.readers.base import Format, OpenDocument, Overview, Page, PageUnit
from services.docs.readers.ocr import Recogniser, decoding

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
        # Frames of a moving picture are no pages.
        frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        self.overview = Overview(Format.IMAGE, PageUnit.PAGE, frames)

    def pages(self) -> Iterator[Page]:
        recogniser = Recogniser()
        for number in range(1, self.overview.page_count + 1):
            yield Page(number, recogniser.text_on(self._page(number)), is_recognised=True)

    def render(self, page_number: int, passage: str, max_side_pixels: int) -> bytes:  # noqa: ARG002
        """Draw the page as it is: where its words stand is not kept."""
        picture = self._page(page_number)
        picture.thumbnail((max_side_pixels, max_side_pixels))
        out = BytesIO()
        picture.save(out, "PNG")
        return out.getvalue()

    def _page(self, number: int) -> Image.Image:
        with decoding():
            self._picture.seek(number - 1)
            return ImageOps.exif_transpose(self._picture).convert("RGB")
