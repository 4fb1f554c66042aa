from typing import Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.media.files import FileStore, Measures, StoredFile
from services.sandbox.telegram.media.intake import take_in
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.uploads import Upload

_ATTACHED: Final = "attach://"
_DOCUMENT_LIKE: Final = frozenset(MediaKind) - {MediaKind.PHOTO, MediaKind.STICKER}


async def read_file(store: FileStore, call: Params, fields: Params, name: str, kind: MediaKind) -> StoredFile:
    """The InputFile in the field `name` of `fields`: a part of the request `call`, or a file sent before.

    Raises ApiError in Telegram's words; addresses on the web are not fetched.
    """
    upload = find_upload(call, fields, name)
    if upload is not None:
        thumbnail = find_upload(call, fields, "thumbnail")
        small = await take_in(store, MediaKind.PHOTO, thumbnail) if thumbnail is not None else None
        return await take_in(store, kind, upload, _given(fields), small)
    file_id = fields.text(name)
    if not file_id or not isinstance(fields.values[name], str):
        raise bad_request(f"there is no {kind.value.replace('_', ' ')} in the request")
    if file_id.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = store.find(file_id)
    if not _fits(file.kind, kind):
        raise bad_request(f"can't use file of type {file.kind.type_name} as {kind.type_name}")
    return file


def find_upload(call: Params, fields: Params, name: str) -> Upload | None:
    """The part of the request a field stands for: itself, or the one it names as attach://part."""
    value = fields.values.get(name)
    if fields is call and name in call.uploads:
        return call.uploads[name]
    if not isinstance(value, str) or not value.startswith(_ATTACHED):
        return None
    return call.uploads.get(value.removeprefix(_ATTACHED))


def _fits(kind: MediaKind, wanted: MediaKind) -> bool:
    """As in tdlib all but photos and stickers are documents of a sort; each is shown as what it was."""
    return kind is wanted or {kind, wanted} <= _DOCUMENT_LIKE


def _given(fields: Params) -> Measures:
    return Measures(
        fields.clamped("width", 0, 0, 10_000) or fields.clamped("length", 0, 0, 640),
        fields.clamped("height", 0, 0, 10_000) or fields.clamped("length", 0, 0, 640),
        fields.clamped("duration", 0, 0, 86_400),
        fields.text("title"),
        fields.text("performer"),
    )
