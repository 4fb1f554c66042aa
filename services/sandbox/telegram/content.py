from typing import Final

from services.sandbox.telegram.wire import Json

TEXT_FIELDS: Final = ("text", "entities", "rich_message", "link_preview_options")
MEDIA_FIELDS: Final = (
    "photo",
    "voice",
    "video_note",
    "video",
    "audio",
    "document",
    "sticker",
    "animation",
)
CAPTION_FIELDS: Final = ("caption", "caption_entities")
CONTENT_FIELDS: Final = (
    *TEXT_FIELDS,
    *MEDIA_FIELDS,
    *CAPTION_FIELDS,
    "has_media_spoiler",
    "show_caption_above_media",
)


def content_of(message: Json) -> Json:
    """What a message says, without who said it, when and to what; empty for service messages."""
    return {name: message[name] for name in CONTENT_FIELDS if name in message}


def has_media(message: Json) -> bool:
    return any(name in message for name in MEDIA_FIELDS)
