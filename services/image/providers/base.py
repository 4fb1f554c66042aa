from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, Self

from services.providers.base import Provider


class AspectRatio(StrEnum):
    """Width to height."""

    SQUARE = "1:1"
    LANDSCAPE = "3:2"
    PORTRAIT = "2:3"
    WIDE = "16:9"
    TALL = "9:16"


@dataclass(frozen=True, slots=True)
class InputPicture:
    """A picture to be changed, checked and without what its camera wrote into it."""

    mime_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What a vendor is asked to draw: words alone, or words that say what to change of the pictures.

    `prompt` holds the manner of drawing already. `aspect_ratio` None, only with pictures: that of the first.
    `caller_key` tells users apart without naming them.
    """

    model: str
    prompt: str
    aspect_ratio: AspectRatio | None
    caller_key: str
    pictures: tuple[InputPicture, ...] = ()

    @property
    def image_mime_types(self) -> frozenset[str]:
        return frozenset(picture.mime_type for picture in self.pictures)

    def for_model(self, model: str) -> Self:
        return replace(self, model=model)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a picture cost, in the vendor's tokens; those of pictures are part of the totals."""

    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    input_image_tokens: int = 0
    output_image_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The picture as far as it is drawn."""

    mime_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture, bit by bit as the vendor made it."""

    mime_type: str
    content: bytes = field(repr=False)
    usage: Usage


class ImageProvider(Provider[ImageRequest, Preview | Drawn], Protocol):
    """A vendor of image models.

    Its streams are any number of previews, then exactly one Drawn. A failure after previews is like any
    other, never ProviderInterrupted: nothing of an unfinished picture is worth keeping.
    """
