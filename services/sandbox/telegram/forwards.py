from services.sandbox.telegram.content import content_of
from services.sandbox.telegram.wire import Json


def forwarded(source: Json) -> Json:
    """The content of a message with its origin: the first sender stays the origin of all later forwards."""
    origin = source.get("forward_origin") or {
        "type": "user",
        "date": source["date"],
        "sender_user": source["from"],
    }
    return {"forward_origin": origin, **content_of(source), **album_of(source)}


def album_of(message: Json) -> Json:
    album_id = message.get("media_group_id")
    return {"media_group_id": album_id} if album_id else {}
