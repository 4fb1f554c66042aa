from typing import Final

from services.sandbox.telegram.captions import read_caption
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.media.input_files import read_file
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.media.objects import media_content
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

EDITABLE: Final = (
    MediaKind.PHOTO,
    MediaKind.VIDEO,
    MediaKind.ANIMATION,
    MediaKind.AUDIO,
    MediaKind.DOCUMENT,
)


async def read_media(sandbox: Sandbox, call: Params, fields: Params, name: str, kind: MediaKind) -> Json:
    """What a message with the file in the field `name` says: the file and its caption; raises ApiError."""
    caption = read_caption(sandbox, fields) if kind.has_caption else {}
    file = await read_file(sandbox.files, call, fields, name, kind)
    content = media_content(file) | (caption if file.kind.has_caption else {})
    if file.kind is MediaKind.STICKER and fields.has("emoji"):
        content["sticker"]["emoji"] = fields.text("emoji")
    if file.kind.can_be_covered:
        if fields.flag("has_spoiler"):
            content["has_media_spoiler"] = True
        if fields.flag("show_caption_above_media"):
            content["show_caption_above_media"] = True
    return content


async def read_input_media(sandbox: Sandbox, call: Params, value: object) -> tuple[MediaKind, Json]:
    """An InputMedia of a call: its kind and what a message with it says; raises ApiError."""
    kind = input_media_kind(value)
    if not isinstance(value, dict):
        raise bad_request("expected an Object")
    fields = Params(value)
    if not fields.has("media"):
        raise bad_request("Can't parse InputMedia: Can't find field \"media\"")
    return kind, await read_media(sandbox, call, fields, "media", kind)


def input_media_kind(value: object) -> MediaKind:
    """The kind an InputMedia asks for; raises ApiError where it is none that can stand in a message."""
    if not isinstance(value, dict):
        raise bad_request("Can't parse InputMedia: expected an Object")
    if "type" not in value:
        raise bad_request("Can't parse InputMedia: Can't find field \"type\"")
    for kind in EDITABLE:
        if value["type"] == kind.value:
            return kind
    raise bad_request(f'Can\'t parse InputMedia: type "{value["type"]}" is unsupported')
