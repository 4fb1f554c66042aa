import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from aiohttp import BodyPartReader, web

from services.sandbox.openai import models
from services.sandbox.openai.image_sizes import AUTO, read_size
from services.sandbox.openai.refusals import INVALID, Refusal, Refused, invalid
from services.sandbox.vendor import pictures
from services.sandbox.vendor.orders import Order, Sent
from services.sandbox.vendor.pictures import Format

MOST_PROMPT_CHARACTERS: Final = 32_000
MOST_PREVIEWS: Final = 3
MOST_PICTURES: Final = 16
MOST_FILE_BYTES: Final = 50 * 1024 * 1024
IMAGE_FIELDS: Final = frozenset({"image", "image[]"})
SQUARE_PIXELS: Final = 1024 * 1024
# What a square of 1024 pixels costs; a preview costs a hundred tokens more.
TOKENS: Final = {"low": 272, "medium": 1056, "high": 4160, "xhigh": 6240, "max": 8320}
PREVIEW_TOKENS: Final = 100
USUAL_QUALITY: Final = "medium"


class Asked(NamedTuple):
    """An order, and what of it only this vendor speaks about."""

    order: Order
    quality: str
    is_edit: bool


class Upload(NamedTuple):
    file_name: str
    content: bytes


def read_generation(body: Mapping[str, Any]) -> Asked:
    """Read the body of POST /v1/images/generations. Raises Refused."""
    return _read(body, [], is_edit=False)


async def read_edit(request: web.Request) -> Asked:
    """Read the form of POST /v1/images/edits. Raises Refused."""
    fields, uploads = await _form(request)
    if not uploads:
        raise Refused(invalid("Missing required parameter: 'image'.", "image"))
    if len(uploads) > MOST_PICTURES:
        raise Refused(invalid(f"Invalid 'image': expected at most {MOST_PICTURES} images.", "image"))
    sent = [await asyncio.to_thread(_sent, upload) for upload in uploads]
    return _read(fields, sent, is_edit=True)


def _read(body: Mapping[str, Any], sent: list[Sent], *, is_edit: bool) -> Asked:
    model = str(body.get("model") or "")
    models.require(model, models.Task.IMAGE)
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise Refused(invalid("Missing required parameter: 'prompt'.", "prompt"))
    if len(prompt) > MOST_PROMPT_CHARACTERS:
        message = f"Invalid 'prompt': string too long. Expected at most {MOST_PROMPT_CHARACTERS} characters."
        raise Refused(Refusal(400, INVALID, "string_above_max_length", message, "prompt"))
    _number(body, "n", 1, 1, 1)
    quality = _choice(body, "quality", AUTO, (AUTO, *TOKENS))
    kept_quality = USUAL_QUALITY if quality == AUTO else quality
    size = read_size(str(body.get("size") or AUTO), sent)
    preview_count = _number(body, "partial_images", 0, 0, MOST_PREVIEWS)
    area = size.width * size.height / SQUARE_PIXELS
    order = Order(
        model=model,
        prompt=prompt,
        size=size,
        output_tokens=round(TOKENS[kept_quality] * area) + PREVIEW_TOKENS * preview_count,
        sent=sent,
        format=Format(_choice(body, "output_format", Format.PNG, tuple(Format))),
        quality=_number(body, "output_compression", 100, 0, 100),
        preview_count=preview_count,
        is_stream=body.get("stream") in (True, "true"),
    )
    return Asked(order, kept_quality, is_edit)


def _sent(upload: Upload) -> Sent:
    if len(upload.content) > MOST_FILE_BYTES:
        raise Refused(Refusal(413, INVALID, None, f"Maximum content size limit ({MOST_FILE_BYTES}) exceeded"))
    try:
        picture = pictures.read(upload.content)
    except ValueError as error:
        message = "Invalid image file or mode for image 1, please check your image file."
        raise Refused(Refusal(400, "image_generation_user_error", "invalid_image_file", message)) from error
    return Sent(f"image/{str(picture.format).lower()}", upload.content, picture)


async def _form(request: web.Request) -> tuple[dict[str, str], list[Upload]]:
    if not request.content_type.startswith("multipart/"):
        raise Refused(invalid("Could not parse multipart form"))
    fields: dict[str, str] = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name in IMAGE_FIELDS:
            uploads.append(Upload(part.filename or "", bytes(await part.read())))
        elif part.filename is None:
            fields[part.name or ""] = await part.text()
        else:
            await part.release()  # a mask changes nothing here
    return fields, uploads


def _number(body: Mapping[str, Any], name: str, usual: int, least: int, most: int) -> int:
    given = body.get(name)
    try:
        number = usual if given is None else int(given)
    except (TypeError, ValueError) as error:
        raise Refused(invalid(f"Invalid type for '{name}': expected an integer.", name)) from error
    if not least <= number <= most:
        message = f"Invalid '{name}': expected a value between {least} and {most}, but got {number} instead."
        raise Refused(Refusal(400, INVALID, "invalid_value", message, name))
    return number


def _choice(body: Mapping[str, Any], name: str, usual: str, known: tuple[str, ...]) -> str:
    given = body.get(name) or usual
    if given not in known:
        supported = ", ".join(f"'{value}'" for value in known)
        message = f"Invalid value: {json.dumps(given)}. Supported values are: {supported}."
        raise Refused(Refusal(400, INVALID, "invalid_value", message, name))
    return str(given)
