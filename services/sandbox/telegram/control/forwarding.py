import time
from typing import Final

from services.sandbox.telegram.albums import new_album_id
from services.sandbox.telegram.content import content_of
from services.sandbox.telegram.control.request import Body, find_seen_chat, find_user
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.forwards import forwarded
from services.sandbox.telegram.params import as_integer
from services.sandbox.telegram.people import User
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_CHANNEL_ID: Final = -1_001_000_000_001


def read_forwarded(sandbox: Sandbox, user: User, source: Json) -> list[Json]:
    """The contents of messages a user forwards out of a chat they see; raises ControlError."""
    body = Body(source)
    chat = find_seen_chat(sandbox, user, body.integer("chat_id", user.id))
    message_ids = body.integers("message_ids") or [body.integer("message_id")]
    albums: dict[str, str] = {}
    contents = []
    for message_id in message_ids:
        message = chat.messages.get(message_id)
        if message is None or not content_of(message):
            raise ControlError("the message to forward is not in this chat", 404)
        if message.get("has_protected_content"):
            raise ControlError("this message cannot be forwarded", 403)
        content = forwarded(message)
        if album_id := content.get("media_group_id"):
            content["media_group_id"] = albums.setdefault(album_id, new_album_id())
        contents.append(content)
    return contents


def read_origin(sandbox: Sandbox, source: Json) -> Json:
    """The `forward_origin` of something that comes from elsewhere; raises ControlError.

    `source` is a MessageOrigin, whose sender may also be given as `user_id`:
    https://core.telegram.org/bots/api#messageorigin
    """
    origin: Json = {"type": source.get("type"), "date": as_integer(source.get("date")) or int(time.time())}
    match origin["type"]:
        case "user":
            return origin | {"sender_user": _sender(sandbox, source)}
        case "hidden_user":
            return origin | {"sender_user_name": str(source.get("sender_user_name", "Somebody"))}
        case "channel":
            return origin | _post(source)
        case _:
            raise ControlError("forward_from must be a user, a hidden_user, a channel or a message_id")


def is_message(source: Json) -> bool:
    """Whether a forward names messages of a chat here, rather than where something comes from."""
    return "type" not in source and ("message_id" in source or "message_ids" in source)


def _sender(sandbox: Sandbox, source: Json) -> Json:
    if "user_id" in source:
        return find_user(sandbox, Body(source).integer("user_id")).to_json()
    sender = source.get("sender_user")
    if not isinstance(sender, dict) or not {"id", "first_name"} <= sender.keys():
        raise ControlError("sender_user must have an id and a first_name")
    return {"is_bot": False, **sender}


def _post(source: Json) -> Json:
    chat = source.get("chat")
    given = chat if isinstance(chat, dict) else {}
    post: Json = {
        "chat": {"id": _CHANNEL_ID, "title": "Channel", **given, "type": "channel"},
        "message_id": as_integer(source.get("message_id")) or 1,
    }
    return post | ({"author_signature": source["author_signature"]} if "author_signature" in source else {})
