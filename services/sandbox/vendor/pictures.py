import io
import struct
import zlib
from enum import StrEnum
from typing import Final

from PIL import Image

# How many pixels of the picture become one, preview by preview.
COARSE_PIXELS: Final = (64, 24, 8)
# A private chunk that readers skip: https://www.w3.org/TR/png-3/#5Chunk-naming-conventions
PADDING_CHUNK: Final = b"paDd"
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
PNG_END_BYTES: Final = 12
CHUNK_FRAME_BYTES: Final = 12
READ_FORMATS: Final = ("PNG", "JPEG", "WEBP")


class Format(StrEnum):
    """How a picture is put into a file."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpeg"

    @property
    def mime_type(self) -> str:
        return f"image/{self}"


def read(data: bytes) -> Image.Image:
    """Return the picture in a PNG, JPEG or WebP file. Raises ValueError for any other file."""
    try:
        picture = Image.open(io.BytesIO(data), formats=READ_FORMATS)
        picture.load()
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError("the file is no picture that can be read") from error
    return picture


def write(picture: Image.Image, kind: Format, *, quality: int = 100) -> bytes:
    """Return the file of a picture; `quality` counts for WebP and JPEG."""
    target = io.BytesIO()
    match kind:
        case Format.PNG:
            picture.save(target, "PNG", compress_level=1)
        case Format.WEBP:
            picture.convert("RGB").save(target, "WEBP", quality=quality, method=0)
        case Format.JPEG:
            # 100 makes files as large as PNG's, and as slowly.
            picture.convert("RGB").save(target, "JPEG", quality=min(quality, 95))
    return target.getvalue()


def coarse(picture: Image.Image, step: int) -> Image.Image:
    """Return the picture in large squares, which are smaller with every step from 0 on."""
    pixels = COARSE_PIXELS[min(step, len(COARSE_PIXELS) - 1)]
    return picture.reduce(pixels).resize(picture.size, Image.Resampling.NEAREST)


def padded(file: bytes, least_bytes: int | None) -> bytes:
    """Make a PNG file that large, without changing the picture. Other files stay as they are."""
    missing = (least_bytes or 0) - len(file) - CHUNK_FRAME_BYTES
    if missing <= 0 or not file.startswith(PNG_SIGNATURE):
        return file
    chunk = PADDING_CHUNK + bytes(missing)
    framed = struct.pack(">I", missing) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return file[:-PNG_END_BYTES] + framed + file[-PNG_END_BYTES:]
