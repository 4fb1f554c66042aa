from dataclasses import dataclass
from typing import Final

from aiogram.types import Message, PhotoSize

PICTURE_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
MAX_PICTURE_BYTES: Final = 10_000_000
SHARP_ENOUGH_PIXELS: Final = 1600
"""Models scale larger pictures down; they would only cost more."""


@dataclass(frozen=True)
class Picture:
    """A picture in a message, not fetched yet."""

    file_id: str
    mime_type: str
    size_bytes: int

    @property
    def is_too_large(self) -> bool:
        return self.size_bytes > MAX_PICTURE_BYTES


def pictures_in(message: Message) -> list[Picture]:
    """The pictures that a model can look at: photos, pictures sent as files, stickers that do not move."""
    if message.photo:
        return [_photo(message.photo)]
    document, sticker = message.document, message.sticker
    if document is not None and document.mime_type in PICTURE_TYPES and message.animation is None:
        return [Picture(document.file_id, document.mime_type, document.file_size or 0)]
    if sticker is not None and not sticker.is_animated and not sticker.is_video:
        return [Picture(sticker.file_id, "image/webp", sticker.file_size or 0)]
    return []


def _photo(sizes: list[PhotoSize]) -> Picture:
    ordered = sorted(sizes, key=lambda size: size.width * size.height)
    sharp = [size for size in ordered if max(size.width, size.height) >= SHARP_ENOUGH_PIXELS]
    best = (sharp or ordered[-1:])[0]
    return Picture(best.file_id, "image/jpeg", best.file_size or 0)
