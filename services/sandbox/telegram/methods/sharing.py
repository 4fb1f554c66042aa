from collections.abc import Mapping
from typing import Final

from services.sandbox.telegram.access import find_chat, find_writable_chat
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.limits import Family
from services.sandbox.telegram.markup import NO_MARKUP, Markup, read_markup
from services.sandbox.telegram.messages import add_bot_message
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.placement import Placement, read_placement
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_CONTENT: Final = ("text", "entities", "rich_message", "link_preview_options")


def forward_message(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#forwardmessage"""
    source = _source(sandbox, params, "forward")
    origin = {"type": "user", "date": source["date"], "sender_user": source["from"]}
    return _share(sandbox, params, {"forward_origin": origin, **_content(source)}, NO_MARKUP)


def copy_message(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#copymessage"""
    source = _source(sandbox, params, "copy")
    message = _share(sandbox, params, _content(source), read_markup(params))
    return {"message_id": message["message_id"]}


def _source(sandbox: Sandbox, params: Params, verb: str) -> Json:
    chat = find_chat(sandbox, params, "from_chat_id")
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if not any(name in message for name in _CONTENT) or message.get("has_protected_content"):
        participle = "forwarded" if verb == "forward" else "copied"
        raise bad_request(f"message can't be {participle}")
    return message


def _content(message: Json) -> Json:
    return {name: message[name] for name in _CONTENT if name in message}


def _share(sandbox: Sandbox, params: Params, content: Json, markup: Markup) -> Json:
    chat = find_writable_chat(sandbox, params)
    placement: Placement = read_placement(sandbox, chat, params)
    sandbox.limiter.spend(Family.MESSAGES, chat)
    return add_bot_message(sandbox, chat, content, placement, markup)


METHODS: Final[Mapping[str, Handler]] = {
    "forwardMessage": forward_message,
    "copyMessage": copy_message,
}
