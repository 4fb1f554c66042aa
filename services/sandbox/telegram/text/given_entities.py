from collections.abc import Callable
from typing import Any

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.text.entities import BLOCKQUOTES, DETECTED, SPLITTABLE, Entity
from services.sandbox.telegram.text.links import InvalidLink, check_link, find_user_id
from services.sandbox.telegram.wire import Json

UserLookup = Callable[[int], Json | None]

_MAX_OFFSET_UTF16 = 1_000_000


def read_entities(value: Any, find_user: UserLookup) -> list[Entity]:
    """The entities a bot passed instead of a parse mode; raises ApiError in Telegram's words.

    Automatic kinds (mentions, commands, links ...) are dropped: Telegram finds those itself.
    """
    if not isinstance(value, list):
        raise bad_request("Can't parse entities: expected an Array of MessageEntity")
    return [entity for item in value if (entity := _read(item, find_user)) is not None]


def check_bounds(entities: list[Entity]) -> None:
    for entity in entities:
        if not 0 <= entity.offset <= _MAX_OFFSET_UTF16:
            raise bad_request(f"Receive an entity with incorrect offset {entity.offset}")
        if not 0 <= entity.length <= _MAX_OFFSET_UTF16:
            raise bad_request(f"Receive an entity with incorrect length {entity.length}")


def _read(item: Any, find_user: UserLookup) -> Entity | None:
    if not isinstance(item, dict):
        raise _cannot_parse("expected an Object")
    offset, length = _integer(item, "offset"), _integer(item, "length")
    type_ = _string(item, "type")
    if type_ in DETECTED:
        return None
    return Entity(type_, offset, length, _extra(type_, item, find_user))


def _extra(type_: str, item: Json, find_user: UserLookup) -> Json:
    if type_ in SPLITTABLE or type_ in BLOCKQUOTES or type_ == "code":
        return {}
    if type_ == "pre":
        language = item.get("language") or ""
        return {"language": language} if language else {}
    if type_ == "text_link":
        return _link(_string(item, "url"))
    if type_ == "text_mention":
        return _mention(item, find_user)
    if type_ == "custom_emoji":
        emoji_id = _string(item, "custom_emoji_id")
        if not emoji_id.isdecimal() or int(emoji_id) >= 2**63:
            raise _cannot_parse('Field "custom_emoji_id" must be a valid Number')
        return {"custom_emoji_id": emoji_id}
    if type_ == "date_time":
        extra: Json = {"unix_time": _integer(item, "unix_time")}
        return extra | ({"date_time_format": item["date_time_format"]} if "date_time_format" in item else {})
    raise _cannot_parse("Unsupported type specified")


def _link(url: str) -> Json:
    user_id = find_user_id(url)
    if user_id is not None:
        return {"user": {"id": user_id}}
    try:
        return {"url": check_link(url)}
    except InvalidLink as error:
        raise bad_request(f"Entity URL '{url}' is invalid: {error}") from error


def _mention(item: Json, find_user: UserLookup) -> Json:
    if not isinstance(item.get("user"), dict):
        raise _cannot_parse('Can\'t find field "user"')
    user = find_user(_integer(item["user"], "id"))
    if user is None:
        raise bad_request("User not found")
    return {"user": user}


def _string(item: Json, name: str) -> str:
    if name not in item:
        raise _cannot_parse(f'Can\'t find field "{name}"')
    if not isinstance(item[name], str):
        raise _cannot_parse(f'Field "{name}" must be of type String')
    return str(item[name])


def _integer(item: Json, name: str) -> int:
    if name not in item:
        raise _cannot_parse(f'Can\'t find field "{name}"')
    try:
        return int(item[name])
    except (TypeError, ValueError) as error:
        raise _cannot_parse(f'Field "{name}" must be a valid Number') from error


def _cannot_parse(reason: str) -> Exception:
    return bad_request(f"Can't parse MessageEntity: {reason}")
