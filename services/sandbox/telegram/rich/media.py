from typing import Any, Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.media.content import read_media
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_KINDS: Final = {
    "photo": MediaKind.PHOTO,
    "video": MediaKind.VIDEO,
    "animation": MediaKind.ANIMATION,
    "audio": MediaKind.AUDIO,
    "document": MediaKind.DOCUMENT,
    "voice_note": MediaKind.VOICE,
}


async def with_files(sandbox: Sandbox, call: Params, rich_message: Json) -> Json:
    """The rich message with the files its blocks ask for; raises ApiError where one cannot be had."""
    return rich_message | {"blocks": await _filled(sandbox, call, rich_message["blocks"])}


async def _filled(sandbox: Sandbox, call: Params, blocks: list[Json]) -> list[Json]:
    return [await _block(sandbox, call, block) for block in blocks]


async def _block(sandbox: Sandbox, call: Params, block: Json) -> Json:
    type_ = str(block.get("type"))
    if type_ in _KINDS:
        return await _media_block(sandbox, call, block, _KINDS[type_])
    if "blocks" in block:
        return block | {"blocks": await _filled(sandbox, call, block["blocks"])}
    if "items" in block:
        items = [
            item | {"blocks": await _filled(sandbox, call, item.get("blocks", []))} for item in block["items"]
        ]
        return block | {"items": items}
    return block


async def _media_block(sandbox: Sandbox, call: Params, block: Json, kind: MediaKind) -> Json:
    given: Any = block.get(block["type"])
    if not isinstance(given, dict):
        raise bad_request(f"Can't parse rich message block: Can't find field \"{block['type']}\"")
    content = await read_media(sandbox, call, Params(given), "media", kind)
    file = content.get(kind.value)
    if file is None:
        raise bad_request(f"the file cannot be shown as {block['type']}")
    shown = block | {block["type"]: file}
    return shown | ({"has_spoiler": True} if content.get("has_media_spoiler") else {})
