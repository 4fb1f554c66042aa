from typing import Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.formatting import (
    MAX_TEXT_UTF16,
    FormattedText,
    finish_text,
    read_text,
)
from services.sandbox.telegram.text.utf16 import utf16_length
from services.sandbox.telegram.wire import Json

MAX_CAPTION_UTF16: Final = 1024
_TOO_LONG: Final = "message caption is too long"


def read_caption(sandbox: Sandbox, params: Params) -> Json:
    """The caption of a call as a part of its message, empty without one; raises ApiError."""
    raw = read_text(
        params.text("caption"),
        params.text("parse_mode"),
        params.json("caption_entities", "message entities"),
        sandbox.find_user_json,
    )
    if len(raw.units) > MAX_TEXT_UTF16:
        raise bad_request(_TOO_LONG)
    return caption_content(finish_text(raw, allow_empty=True))


def caption_content(caption: FormattedText) -> Json:
    """A caption as a part of its message; raises ApiError beyond 1024 UTF-16 code units."""
    if utf16_length(caption.text) > MAX_CAPTION_UTF16:
        raise bad_request(_TOO_LONG)
    if not caption.text:
        return {}
    return {"caption": caption.text} | ({"caption_entities": caption.entities} if caption.entities else {})
