from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image

from services.image.darkroom.forms import Developed, Form
from services.image.darkroom.reading import decoded, opened, upright_size

PAPER: Final = (255, 255, 255)
LOWEST_QUALITY: Final = 40
QUALITY_STEP: Final = 10


class Print(NamedTuple):
    """How large a form may be, and how good its JPEG is at best."""

    max_side_pixels: int
    quality: int
    max_bytes: int


PRINTS: Final = {
    Form.INPUT: Print(2048, 95, 16_000_000),
    Form.PREVIEW: Print(1280, 80, 1_000_000),
    Form.DISPLAY: Print(2048, 90, 5_000_000),
}


def develop(content: bytes, form: Form, max_pixels: int) -> Developed:
    """Make a picture into a form. Raises UnusablePicture, and whatever Pillow raises on a broken file."""
    limits = PRINTS[form]
    image = opened(content, max_pixels)
    source_mime_type = image.get_format_mimetype() or ""
    width, height = upright_size(image)
    small = decoded(image, limits.max_side_pixels)
    if form is Form.INPUT and small.mode == "RGBA" and _shines_through(small):
        mime_type, printed = "image/png", _png(small)
    else:
        mime_type, printed = "image/jpeg", _jpeg(small, limits)
    return Developed(mime_type, printed, source_mime_type, width, height)


def _shines_through(image: Image.Image) -> bool:
    lowest, _highest = image.getchannel("A").getextrema()
    return isinstance(lowest, int | float) and lowest < 255


def _png(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "PNG", compress_level=4)
    return target.getvalue()


def _jpeg(image: Image.Image, limits: Print) -> bytes:
    flat = _on_paper(image)
    quality = limits.quality
    while True:
        target = BytesIO()
        # Whole colours where a vendor looks at it: edits of edits lose less.
        flat.save(target, "JPEG", quality=quality, subsampling=0 if quality >= 95 else 2)
        if target.tell() <= limits.max_bytes or quality <= LOWEST_QUALITY:
            return target.getvalue()
        quality -= QUALITY_STEP


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper
