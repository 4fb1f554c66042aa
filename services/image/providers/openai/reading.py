import asyncio
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final

from services.image.providers.base import Drawn, Preview, Usage
from services.image.providers.signatures import mime_type_of
from services.providers.openai.errors import PROVIDER, StreamFailed

PREVIEWS: Final = frozenset({"image_generation.partial_image", "image_edit.partial_image"})
PICTURES: Final = frozenset({"image_generation.completed", "image_edit.completed"})
# Decoding keeps the interpreter's lock: in slices of this many characters the loop gets its turns.
SLICE_CHARACTERS: Final = 256 * 1024


async def read_event(data: str, model: str) -> Preview | Drawn | None:
    """Make sense of one event; None for one that says nothing of the picture. Raises StreamFailed."""
    if len(data) <= SLICE_CHARACTERS:
        return _read_event(data, model)
    return await asyncio.to_thread(_read_event, data, model)


async def read_answer(body: bytes, model: str) -> Drawn:
    """Read the one answer of a server that does not stream. Raises StreamFailed."""
    return await asyncio.to_thread(_read_answer, body, model)


def _read_event(data: str, model: str) -> Preview | Drawn | None:
    event = _object(data)
    kind = event.get("type")
    if kind in PREVIEWS:
        return Preview(*_picture(event))
    if kind in PICTURES:
        return Drawn(*_picture(event), _usage(event, model))
    failure = event.get("error") or (event if kind == "error" else None)
    if failure is not None:
        raise _failed(failure)
    return None


def _read_answer(body: bytes, model: str) -> Drawn:
    answer = _object(body)
    pictures = answer.get("data")
    if not isinstance(pictures, list) or not pictures or not isinstance(pictures[0], dict):
        raise _failed(answer.get("error"))
    return Drawn(*_picture(pictures[0]), _usage(answer, model))


def _object(data: str | bytes) -> dict[str, Any]:
    found = json.loads(data)
    if not isinstance(found, dict):
        raise StreamFailed(None, "an event is no object")
    return found


def _failed(failure: object) -> StreamFailed:
    facts = failure if isinstance(failure, dict) else {}
    code = facts.get("code") or facts.get("type")
    return StreamFailed(code if isinstance(code, str) else None, "the vendor gave up")


def _picture(event: Mapping[str, Any]) -> tuple[str, bytes]:
    content = _decoded(event.get("b64_json"))
    mime_type = mime_type_of(content)
    if mime_type is None:
        raise StreamFailed(None, "what came is no picture")
    return mime_type, content


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise StreamFailed(None, "no picture came")
    slices = (text[start : start + SLICE_CHARACTERS] for start in range(0, len(text), SLICE_CHARACTERS))
    try:
        return b"".join(binascii.a2b_base64(piece, strict_mode=True) for piece in slices)
    except ValueError as error:
        raise StreamFailed(None, "what came is not base64") from error


def _usage(answer: Mapping[str, Any], model: str) -> Usage:
    counts = answer.get("usage")
    if not isinstance(counts, dict):  # servers of one's own may not count
        return Usage(PROVIDER, model, input_tokens=0, output_tokens=0, estimated=True)
    inputs, outputs = counts.get("input_tokens_details") or {}, counts.get("output_tokens_details") or {}
    output_tokens = counts.get("output_tokens") or 0
    return Usage(
        provider=PROVIDER,
        model=model,
        input_tokens=counts.get("input_tokens") or 0,
        output_tokens=output_tokens,
        input_image_tokens=inputs.get("image_tokens") or 0,
        # A stream does not part them: all of its output is the picture.
        output_image_tokens=outputs.get("image_tokens") or output_tokens,
    )
