from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

from services.gateway.dialogue import Attachment, Speaker


class Style(StrEnum):
    """A manner of drawing: the values of `quartet.image.v1.Style`. Buttons carry them: they stay short."""

    ANY = "any"
    PHOTO = "photo"
    PAINTING = "painting"
    WATERCOLOR = "watercolor"
    PENCIL = "pencil"
    ANIME = "anime"
    RENDER = "render"
    PIXEL = "pixel"


class AspectRatio(StrEnum):
    """Width to height: the values of `quartet.image.v1.AspectRatio`."""

    SQUARE = "square"
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"
    WIDE = "wide"
    TALL = "tall"


class Kind(Enum):
    """What is done."""

    DRAW = auto()
    """A new picture from words."""
    VARY = auto()
    """Anew from what `Order.version` was drawn from; what is set of prompt, style and ratio is changed."""
    EDIT = auto()
    """`Order.version`, or the pictures sent along, changed by the words of the prompt."""


@dataclass(frozen=True)
class Version:
    """One picture of a series, numbered from one in the order in which they were made."""

    series_id: str
    number: int


@dataclass(frozen=True)
class Order:
    """One picture to be drawn. `picture_id` is the id of the turn that orders it."""

    picture_id: str
    speaker: Speaker
    kind: Kind
    prompt: str = ""
    style: Style | None = None
    aspect_ratio: AspectRatio | None = None
    version: Version | None = None
    attachments: tuple[Attachment, ...] = ()
    model: str = ""


@dataclass(frozen=True)
class Preview:
    """A picture as far as it is drawn: what a messenger shows."""

    mime_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Picture:
    """A picture that is there. `content` is in the rendition that was asked for; empty if none was."""

    picture_id: str
    version: Version
    version_count: int
    parent_number: int
    prompt: str
    style: Style
    aspect_ratio: AspectRatio | None
    is_edited: bool
    mime_type: str
    """Of `content`."""
    original_mime_type: str
    width_pixels: int
    height_pixels: int
    size_bytes: int
    """Of the original, as are the pixels."""
    model: str
    provider: str = ""
    failed_over: bool = False
    cost_micros: int | None = None
    content: bytes = field(default=b"", repr=False)
