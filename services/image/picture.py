from dataclasses import dataclass
from datetime import datetime

from services.image.providers.base import AspectRatio, Usage
from services.image.styles import Style


@dataclass(frozen=True, slots=True)
class Version:
    """One picture of a series, numbered from one in the order in which they were made."""

    series_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose picture it is: the user's who ordered it, and the chat's in which it hangs."""

    user_id: int
    chat_id: int

    def shares_with(self, other: "Owner") -> bool:
        """Whether the other may see it: the same user anywhere, and everyone in the same chat."""
        return self.user_id == other.user_id or self.chat_id == other.chat_id


@dataclass(frozen=True, slots=True)
class File:
    """A file in the vault."""

    name: str
    mime_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a picture: what the vendor made, what messengers show, and what was sent to be changed."""

    original: File
    display: File
    inputs: tuple[File, ...] = ()

    def in_form(self, *, is_original: bool) -> File:
        """Choose between what the vendor made and what messengers show."""
        return self.original if is_original else self.display

    @property
    def all(self) -> tuple[File, ...]:
        return self.original, self.display, *self.inputs


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a picture that is drawn, for as long as it is kept.

    `source_id` is the picture that it is a change of; what was sent along to be changed is in `files`.
    `aspect_ratio` None: that of the first of them.
    """

    picture_id: str
    series_id: str
    parent_number: int
    source_id: str
    owner: Owner
    prompt: str
    style: Style
    aspect_ratio: AspectRatio | None
    is_edited: bool
    files: Files
    width_pixels: int
    height_pixels: int
    created_at: datetime
    usage: Usage
    cost_micros: int | None
    failed_over: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in its place: its number, and how many its series has."""

    picture: Picture
    number: int
    version_count: int
