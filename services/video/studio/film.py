from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Problem(StrEnum):
    """Why a film cannot be used."""

    NOT_A_VIDEO = "not_a_video"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_MUCH = "too_much"
    """It takes more memory or time than a film may."""


class UnusableFilm(Exception):
    """A film cannot be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Reel:
    """What stands in a file, as its streams say, not its header alone."""

    demuxer: str
    video_codec: str
    pixel_format: str
    audio_codec: str | None
    stream_count: int
    width_pixels: int
    height_pixels: int
    pixel_aspect: Fraction
    rotation_degrees: int
    frames_per_second: Fraction
    duration_seconds: float

    @property
    def mime_type(self) -> str:
        return "video/webm" if self.demuxer == "matroska" else "video/mp4"

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height as one sees it: upright, with square pixels."""
        width = max(1, round(self.width_pixels * self.pixel_aspect))
        return (self.height_pixels, width) if self.rotation_degrees % 180 else (width, self.height_pixels)


@dataclass(frozen=True, slots=True)
class Print:
    """What came of a film. `is_source` where the film itself is as it should be, and nothing was written."""

    is_source: bool
    source_mime_type: str
    width_pixels: int
    height_pixels: int
    duration_seconds: float
    has_sound: bool
