from typing import Final

from services.sandbox.telegram.media.files import StoredFile
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.wire import Json

# The longer side of Telegram's sizes s, m, x and y; the whole picture comes last.
_PHOTO_SIDES: Final = (90, 320, 800, 1280)
_MAX_NAME: Final = 255


def media_content(file: StoredFile) -> Json:
    """The field of a message that holds a file."""
    if file.kind is MediaKind.PHOTO:
        return {"photo": photo_sizes(file)}
    described = _describe(file)
    content: Json = {file.kind.value: described}
    if file.kind is MediaKind.ANIMATION:
        content["document"] = {
            name: value for name, value in described.items() if name not in ("width", "height", "duration")
        }
    return content


def photo_sizes(file: StoredFile) -> list[Json]:
    """PhotoSizes, small to large. The stand-in does not scale: all of them are the picture as it was sent."""
    width, height = file.measures.width, file.measures.height
    longest = max(width, height, 1)
    sides = [side for side in _PHOTO_SIDES if side < longest]
    sizes = [(max(1, width * side // longest), max(1, height * side // longest)) for side in sides]
    sizes.append((width, height))
    return [
        {
            "file_id": file.id(index),
            "file_unique_id": file.unique_id(index),
            "width": size[0],
            "height": size[1],
            "file_size": len(file.data),
        }
        for index, size in enumerate(sizes)
    ]


def _describe(file: StoredFile) -> Json:
    json: Json = {"file_id": file.id(), "file_unique_id": file.unique_id(), "file_size": len(file.data)}
    json |= _measured(file)
    if file.kind not in (MediaKind.VIDEO_NOTE, MediaKind.STICKER):
        json["mime_type"] = file.mime_type
    if file.name and file.kind not in (MediaKind.VIDEO_NOTE, MediaKind.STICKER, MediaKind.VOICE):
        json["file_name"] = file.name[:_MAX_NAME]
    if file.thumbnail is not None:
        json["thumbnail"] = photo_sizes(file.thumbnail)[-1]
    return json


def _measured(file: StoredFile) -> Json:
    measures = file.measures
    frame: Json = {"width": measures.width, "height": measures.height}
    duration: Json = {"duration": measures.duration_seconds}
    match file.kind:
        case MediaKind.VIDEO | MediaKind.ANIMATION:
            return frame | duration
        case MediaKind.VIDEO_NOTE:
            return {"length": measures.width} | duration
        case MediaKind.AUDIO:
            tags = {"performer": measures.performer, "title": measures.title}
            return duration | {name: tag for name, tag in tags.items() if tag}
        case MediaKind.VOICE:
            return duration
        case MediaKind.STICKER:
            is_animated = file.name.endswith(".tgs")
            is_video = file.mime_type == "video/webm"
            return frame | {"type": "regular", "is_animated": is_animated, "is_video": is_video}
        case _:
            return {}
