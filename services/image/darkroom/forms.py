from dataclasses import dataclass, field
from enum import StrEnum


class Form(StrEnum):
    """What a picture is made into.

    INPUT: what every vendor takes, at most 2,048 pixels a side; JPEG, or PNG where something shines through.
    PREVIEW: a JPEG of at most 1,280 pixels a side. DISPLAY: one of at most 2,048 pixels a side and 5 MB.
    All are upright, in sRGB, and hold nothing but the picture.
    """

    INPUT = "input"
    PREVIEW = "preview"
    DISPLAY = "display"


class Problem(StrEnum):
    """Why a picture cannot be used; the contract's words."""

    NOT_AN_IMAGE = "not_an_image"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    TOO_MANY = "too_many"


class UnusablePicture(Exception):
    """A picture cannot be used. `limit` is set where the problem is a number."""

    def __init__(self, problem: Problem, limit: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Developed:
    """A picture in its new form, and what the file was: its type, and its pixels as one sees it, upright."""

    mime_type: str
    content: bytes = field(repr=False)
    source_mime_type: str
    source_width_pixels: int
    source_height_pixels: int
