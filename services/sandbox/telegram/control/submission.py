import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from aiohttp import web

from services.sandbox.telegram.bot_api import read_upload
from services.sandbox.telegram.control.request import Body, read_body
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.uploads import Upload
from services.sandbox.telegram.wire import Json, loads

_JSON_FIELDS: Final = ("entities", "caption_entities", "forward_from", "new_thread")


class Attachment(NamedTuple):
    """A file a user sends, and what is said with it (`caption`, `has_spoiler` ...)."""

    kind: MediaKind
    upload: Upload
    fields: Mapping[str, Any]


class Submission(NamedTuple):
    """What a user sends: the fields of the request, and its files in their order."""

    body: Body
    attachments: list[Attachment]


async def read_submission(request: web.Request) -> Submission:
    """A form with files in fields named after their kinds, or JSON with `{data, file_name}` in Base64 there.

    `items` of a JSON request hold several. Raises ControlError.
    """
    if request.content_type == "multipart/form-data":
        return await _read_form(request)
    body = await read_body(request)
    items = body.values.get("items", [body.values])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ControlError("items must be a list of objects")
    found = [attachment for item in items for attachment in _attachments(item)]
    return Submission(body, found)


async def _read_form(request: web.Request) -> Submission:
    values: Json = {}
    files: list[tuple[MediaKind, Upload]] = []
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files.append((_kind(name), await read_upload(value)))
        else:
            values[name] = _form_value(name, str(value))
    # The words of a form belong to its first file, as in an album of Telegram's own clients.
    attachments = [
        Attachment(kind, upload, {} if number else values) for number, (kind, upload) in enumerate(files)
    ]
    return Submission(Body(values), attachments)


def _form_value(name: str, value: str) -> Any:
    if name not in _JSON_FIELDS:
        return value
    try:
        return loads(value)
    except ValueError as error:
        raise ControlError(f"{name} must be JSON") from error


def _kind(name: str) -> MediaKind:
    try:
        return MediaKind(name)
    except ValueError as error:
        raise ControlError(f"a file cannot be sent as {name}") from error


def _attachments(item: Json) -> list[Attachment]:
    return [Attachment(kind, _decoded(kind, item[kind]), item) for kind in MediaKind if item.get(kind)]


def _decoded(kind: MediaKind, value: Any) -> Upload:
    if not isinstance(value, dict) or not isinstance(value.get("data"), str):
        raise ControlError(f"{kind} must be an object with data in Base64")
    try:
        data = base64.b64decode(value["data"], validate=True)
    except binascii.Error as error:
        raise ControlError(f"the data of {kind} is not Base64") from error
    return Upload(data, str(value.get("file_name", "")), str(value.get("mime_type", "")))
