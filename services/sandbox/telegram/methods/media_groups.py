from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.sandbox.telegram.access import find_writable_chat
from services.sandbox.telegram.albums import check_album, new_album_id
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import ApiError, bad_request
from services.sandbox.telegram.limits import Family
from services.sandbox.telegram.media.content import input_media_kind, read_input_media
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.messages import add_bot_message
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.placement import read_placement
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json


async def send_media_group(sandbox: Sandbox, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#sendmediagroup"""
    items = _items(params)
    find_writable_chat(sandbox, params)
    contents = [await _content(sandbox, params, number, item) for number, item in enumerate(items, 1)]
    chat = find_writable_chat(sandbox, params)
    placement = read_placement(sandbox, chat, params)
    marks: Json = {"has_protected_content": True} if params.flag("protect_content") else {}
    if len(contents) > 1:
        marks["media_group_id"] = new_album_id()
    sandbox.limiter.spend(Family.MESSAGES, chat)
    return [add_bot_message(sandbox, chat, content | marks, placement) for content in contents]


def _items(params: Params) -> Sequence[Any]:
    if not params.has("media"):
        raise bad_request('parameter "media" is required')
    items = params.json("media", "media")
    if not isinstance(items, list):
        raise bad_request("Expected an Array of InputMedia")
    kinds = [input_media_kind(item) for item in items]
    if MediaKind.ANIMATION in kinds:
        raise bad_request("Can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup")
    check_album(kinds)
    return items


async def _content(sandbox: Sandbox, params: Params, number: int, item: object) -> Json:
    try:
        _, content = await read_input_media(sandbox, params, item)
    except ApiError as error:
        if error.code != 400:
            raise
        reason = error.description.removeprefix("Bad Request: ")
        raise bad_request(f'failed to send message #{number} with the error message "{reason}"') from error
    return content


METHODS: Final[Mapping[str, Handler]] = {"sendMediaGroup": send_media_group}
