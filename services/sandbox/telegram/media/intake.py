import mimetypes
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from services.sandbox.telegram.errors import ApiError, bad_request
from services.sandbox.telegram.media.files import FileStore, Measures, StoredFile
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.media.probe import Probed, probe
from services.sandbox.telegram.uploads import Upload

MAX_PHOTO_BYTES: Final = 10 * 1024 * 1024
MAX_UPLOAD_BYTES: Final = 50 * 1024 * 1024
_MAX_PHOTO_SIDES: Final = 10_000
_MAX_PHOTO_RATIO: Final = 20
_MAX_NOTE_SECONDS: Final = 60
_VOICE_MIME_TYPES: Final = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4"})
_UNKNOWN: Final = "application/octet-stream"


async def take_in(
    store: FileStore,
    kind: MediaKind,
    upload: Upload,
    given: Measures = Measures(),  # noqa: B008 - frozen
    thumbnail: StoredFile | None = None,
) -> StoredFile:
    """Keeps an uploaded file as what Telegram makes of it; measures that are `given` win over its own.

    What does not fit its kind becomes the nearest that does: a long voice format an audio file, a wide
    video note a video, anything else a document. Raises ApiError for an empty, an oversized or a broken one.
    """
    size = len(upload.data)
    if not size:
        raise bad_request("file must be non-empty")
    if size > MAX_UPLOAD_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    if kind is MediaKind.PHOTO and size > MAX_PHOTO_BYTES:
        limit = f"the maximum size is {MAX_PHOTO_BYTES} bytes"
        raise bad_request(f"file of size {size} bytes is too big for a photo; {limit}")
    found = Probed() if kind is MediaKind.DOCUMENT else await probe(upload.data)
    if kind is MediaKind.PHOTO:
        _check_photo(found)
    kind = _fitting(kind, found, upload)
    known = {name: value for name in given.__slots__ if (value := getattr(given, name))}
    mime_type = found.mime_type or _named_type(upload)
    return store.add(
        kind, upload.data, _bare(upload.name), mime_type, replace(found.measures, **known), thumbnail
    )


def _check_photo(found: Probed) -> None:
    if not found.is_image:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = found.measures.width, found.measures.height
    if width + height > _MAX_PHOTO_SIDES or max(width, height) > _MAX_PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _fitting(kind: MediaKind, found: Probed, upload: Upload) -> MediaKind:
    moves = found.has_picture and (not found.is_image or found.mime_type == "image/gif")
    measures = found.measures
    match kind:
        case MediaKind.VIDEO_NOTE if moves:
            is_square = measures.width == measures.height and measures.duration_seconds <= _MAX_NOTE_SECONDS
            return kind if is_square else MediaKind.VIDEO
        case MediaKind.VOICE if found.has_sound:
            return kind if found.mime_type in _VOICE_MIME_TYPES else MediaKind.AUDIO
        case MediaKind.VIDEO | MediaKind.ANIMATION if moves:
            return kind
        case MediaKind.AUDIO if found.has_sound:
            return kind
        case MediaKind.STICKER if found.has_picture or upload.name.endswith(".tgs"):
            return kind
        case MediaKind.PHOTO:
            return kind
        case _:
            return MediaKind.DOCUMENT


def _named_type(upload: Upload) -> str:
    return mimetypes.guess_type(upload.name)[0] or upload.content_type or _UNKNOWN


def _bare(name: str) -> str:
    """The last part of a file's name: a path is nobody's business."""
    return PurePosixPath(name.replace("\\", "/")).name
