from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
# In the others several pictures are pages, or another view of the same, as phones write it into JPEG.
MOVING: Final = frozenset({"PNG", "WEBP", "GIF", "AVIF"})
SIXTEEN_BITS: Final = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})
SEE_THROUGH: Final = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})
PAPER: Final = (255, 255, 255)
MAX_PIXELS: Final = 50_000_000
MAX_SIDE_PIXELS: Final = 2048
# Runway takes 5 MB of a picture that is sent along, in base64.
MAX_FRAME_BYTES: Final = 3_000_000
QUALITIES: Final = (95, 88, 80, 70, 60, 40)


class Problem(StrEnum):
    """Why a picture cannot be used; the contract's words."""

    NOT_AN_IMAGE = "not_an_image"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"


class UnusablePicture(Exception):
    """A picture cannot be used. `limit` is set where the problem is a number."""

    def __init__(self, problem: Problem, limit: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.limit = limit


def recode(source: Path, target: Path) -> None:
    """Make a picture into a JPEG that holds nothing but the picture.

    Raises UnusablePicture, and whatever Pillow raises on a broken file.
    """
    image = _opened(source)
    image.draft(None, (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    image.load()
    # Colours first become what can be blended, at full size; all else is done on the small picture.
    small = _blendable(image)
    small.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), Image.Resampling.LANCZOS)
    small.info = {"exif": image.info["exif"]} if "exif" in image.info else {}
    small = _in_srgb(ImageOps.exif_transpose(small), image.info.get("icc_profile"))
    target.write_bytes(_jpeg(_on_paper(small)))


def _opened(source: Path) -> ImageFile.ImageFile:
    try:
        image = Image.open(source, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise UnusablePicture(Problem.NOT_AN_IMAGE) from error
    except Image.DecompressionBombError as error:
        raise UnusablePicture(Problem.TOO_MANY_PIXELS, MAX_PIXELS) from error
    if image.width * image.height > MAX_PIXELS:
        raise UnusablePicture(Problem.TOO_MANY_PIXELS, MAX_PIXELS)
    if image.format in MOVING and getattr(image, "n_frames", 1) > 1:
        raise UnusablePicture(Problem.ANIMATED)
    return image


def _blendable(image: Image.Image) -> Image.Image:
    if image.mode in SIXTEEN_BITS:
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in SEE_THROUGH or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK", "LAB") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a profile that does not fit its picture: most viewers ignore it, too
        if converted is not None:
            return converted
    return image.convert(mode)


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _jpeg(image: Image.Image) -> bytes:
    image.info = {}
    content = b""
    for quality in QUALITIES:
        target = BytesIO()
        # Whole colours where they cost little: a vendor looks at it.
        image.save(target, "JPEG", quality=quality, subsampling=0 if quality >= 95 else 2)
        content = target.getvalue()
        if len(content) <= MAX_FRAME_BYTES:
            break
    return content
