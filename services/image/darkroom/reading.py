from io import BytesIO
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from services.image.darkroom.forms import Problem, UnusablePicture

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
# In the others several pictures are pages, or another view of the same, as phones write it into JPEG.
MOVING: Final = frozenset({"PNG", "WEBP", "GIF", "AVIF"})
# Their draft modes would lose what a conversion to sRGB needs.
SIXTEEN_BITS: Final = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})


def opened(content: bytes, max_pixels: int) -> ImageFile.ImageFile:
    """Read a picture's header, and check what it says before anything is decoded. Raises UnusablePicture."""
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise UnusablePicture(Problem.NOT_AN_IMAGE) from error
    except Image.DecompressionBombError as error:
        raise UnusablePicture(Problem.TOO_MANY_PIXELS, max_pixels) from error
    if image.width * image.height > max_pixels:
        raise UnusablePicture(Problem.TOO_MANY_PIXELS, max_pixels)
    if image.format in MOVING and getattr(image, "n_frames", 1) > 1:
        raise UnusablePicture(Problem.ANIMATED)
    return image


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Say how wide and high the picture is as one sees it."""
    is_lying = image.getexif().get(0x0112) in (5, 6, 7, 8)
    return (image.height, image.width) if is_lying else image.size


def decoded(image: Image.Image, max_side_pixels: int) -> Image.Image:
    """Decode a picture: upright, in sRGB, no larger than asked, and without anything but its pixels."""
    image.draft(None, (max_side_pixels, max_side_pixels))
    image.load()
    # Colours first become what can be blended, at full size; all else is done on the small picture.
    small = _blendable(image)
    small.thumbnail((max_side_pixels, max_side_pixels), Image.Resampling.LANCZOS)
    small.info = {"exif": image.info["exif"]} if "exif" in image.info else {}
    small = _in_srgb(ImageOps.exif_transpose(small), image.info.get("icc_profile"))
    small.info = {}
    return small


def _blendable(image: Image.Image) -> Image.Image:
    if image.mode in SIXTEEN_BITS:
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
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
