from dataclasses import dataclass
from typing import Any, Final

from services.image.providers.base import AspectRatio, ImageRequest
from services.image.providers.openai.settings import Quality

# Sides are multiples of 16. https://developers.openai.com/api/reference/resources/images
SIZES: Final = {
    AspectRatio.SQUARE: "1024x1024",
    AspectRatio.LANDSCAPE: "1536x1024",
    AspectRatio.PORTRAIT: "1024x1536",
    AspectRatio.WIDE: "1536x864",
    AspectRatio.TALL: "864x1536",
}
# The vendor goes by the name of the file, too.
SUFFIXES: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How every picture is ordered."""

    quality: Quality
    previews: int


def order(request: ImageRequest, manner: Manner) -> dict[str, Any]:
    """Put a request into the vendor's parameters, less those that say what to draw it from."""
    return {
        "model": request.model,
        "prompt": request.prompt,
        "n": 1,
        "size": SIZES[request.aspect_ratio] if request.aspect_ratio else "auto",
        "quality": manner.quality.value,
        "output_format": "png",
        "partial_images": manner.previews,
        "safety_identifier": request.caller_key,
        "stream": True,
    }


def files(request: ImageRequest) -> list[tuple[str, bytes, str]]:
    """Name the pictures to be changed."""
    return [
        (f"picture-{number}.{SUFFIXES[picture.mime_type]}", picture.content, picture.mime_type)
        for number, picture in enumerate(request.pictures, start=1)
    ]
