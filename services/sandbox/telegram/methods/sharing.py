from collections.abc import Mapping, Sequence
from typing import Final

from services.sandbox.telegram.access import find_chat, find_writable_chat
from services.sandbox.telegram.albums import new_album_id
from services.sandbox.telegram.captions import read_caption
from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.content import CAPTION_FIELDS, content_of, has_media
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.forwards import album_of, forwarded
from services.sandbox.telegram.limits import Family
from services.sandbox.telegram.markup import NO_MARKUP, Markup, read_markup
from services.sandbox.telegram.messages import add_bot_message
from services.sandbox.telegram.params import Params, as_integer
from services.sandbox.telegram.placement import read_placement
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_MAX_SHARED: Final = 100


def forward_message(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#forwardmessage"""
    source = _source(sandbox, params, "forward")
    return _share(sandbox, params, forwarded(source), NO_MARKUP)


def copy_message(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#copymessage (a given caption replaces that of a media message)"""
    source = _source(sandbox, params, "copy")
    content = content_of(source)
    if params.has("caption") and has_media(source):
        content = {name: value for name, value in content.items() if name not in CAPTION_FIELDS}
        content |= read_caption(sandbox, params)
    message = _share(sandbox, params, content, read_markup(params))
    return {"message_id": message["message_id"]}


def forward_several_messages(sandbox: Sandbox, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#forwardmessages (what cannot be forwarded is skipped)"""
    return _share_several(sandbox, params, [forwarded(source) for source in _sources(sandbox, params)])


def copy_several_messages(sandbox: Sandbox, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#copymessages (what cannot be copied is skipped)"""
    contents = [content_of(source) | album_of(source) for source in _sources(sandbox, params)]
    if params.flag("remove_caption"):
        contents = [
            {name: value for name, value in content.items() if name not in CAPTION_FIELDS}
            for content in contents
        ]
    return _share_several(sandbox, params, contents)


def _source(sandbox: Sandbox, params: Params, verb: str) -> Json:
    chat = find_chat(sandbox, params, "from_chat_id")
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if not _may_share(message):
        participle = "forwarded" if verb == "forward" else "copied"
        raise bad_request(f"message can't be {participle}")
    return message


def _sources(sandbox: Sandbox, params: Params) -> list[Json]:
    chat = find_chat(sandbox, params, "from_chat_id")
    message_ids = params.json("message_ids", "message identifiers")
    if not isinstance(message_ids, list) or not message_ids:
        raise bad_request("message identifiers are not specified")
    if len(message_ids) > _MAX_SHARED:
        raise bad_request("too many message identifiers specified")
    found = [chat.messages.get(as_integer(message_id)) for message_id in message_ids]
    sources = [message for message in found if message is not None and _may_share(message)]
    if not sources:
        raise bad_request("there are no messages to forward")
    return sources


def _may_share(message: Json) -> bool:
    return bool(content_of(message)) and not message.get("has_protected_content")


def _share(sandbox: Sandbox, params: Params, content: Json, markup: Markup) -> Json:
    content.pop("media_group_id", None)
    chat = find_writable_chat(sandbox, params)
    placement = read_placement(sandbox, chat, params)
    sandbox.limiter.spend(Family.MESSAGES, chat)
    return add_bot_message(sandbox, chat, content, placement, markup)


def _share_several(sandbox: Sandbox, params: Params, contents: Sequence[Json]) -> list[Json]:
    chat: Chat = find_writable_chat(sandbox, params)
    placement = read_placement(sandbox, chat, params)
    sandbox.limiter.spend(Family.MESSAGES, chat)
    albums: dict[str, str] = {}
    messages = []
    for content in contents:
        if former := content.pop("media_group_id", None):
            content["media_group_id"] = albums.setdefault(former, new_album_id())
        messages.append(add_bot_message(sandbox, chat, content, placement))
    return [{"message_id": message["message_id"]} for message in messages]


METHODS: Final[Mapping[str, Handler]] = {
    "forwardMessage": forward_message,
    "forwardMessages": forward_several_messages,
    "copyMessage": copy_message,
    "copyMessages": copy_several_messages,
}
