from collections.abc import Mapping
from typing import Final, Literal

from services.sandbox.telegram.captions import read_caption
from services.sandbox.telegram.content import CAPTION_FIELDS, MEDIA_FIELDS, content_of
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.edits import apply_edit, find_own_message, without_uploads
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.markup import read_markup
from services.sandbox.telegram.media.content import EDITABLE, read_input_media
from services.sandbox.telegram.media.kinds import MediaKind
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_ALONE: Final = (MediaKind.DOCUMENT, MediaKind.AUDIO)


async def edit_message_media(sandbox: Sandbox, params: Params) -> Json | Literal[True]:
    """https://core.telegram.org/bots/api#editmessagemedia (a text may become media, too)"""
    value = params.object("media", "input media")
    if value is None:
        raise bad_request('parameter "media" is required')
    markup = read_markup(params)
    call = without_uploads(find_own_message(sandbox, params), params)
    kind, content = await read_input_media(sandbox, call, value)
    edited = find_own_message(sandbox, params)
    message = edited.message
    former = _kind_of(message)
    if former is not None and former not in EDITABLE:
        raise bad_request("message can't be edited")
    if "media_group_id" in message and former is not None and not _may_stand_for(former, kind):
        raise bad_request("can't use the media of the specified type in the album")
    return apply_edit(sandbox, edited, content, markup)


def edit_message_caption(sandbox: Sandbox, params: Params) -> Json | Literal[True]:
    """https://core.telegram.org/bots/api#editmessagecaption (without a caption it is taken away)"""
    caption = read_caption(sandbox, params)
    markup = read_markup(params)
    edited = find_own_message(sandbox, params)
    message = edited.message
    kind = _kind_of(message)
    if kind is None or not kind.has_caption:
        raise bad_request("there is no caption in the message to edit")
    changed = (*CAPTION_FIELDS, "show_caption_above_media")
    kept = {name: value for name, value in content_of(message).items() if name not in changed}
    if params.flag("show_caption_above_media") and kind.can_be_covered:
        caption["show_caption_above_media"] = True
    return apply_edit(sandbox, edited, kept | caption, markup)


def _kind_of(message: Json) -> MediaKind | None:
    """The kind of a message's media; an animation has a `document` too, and is no document."""
    if MediaKind.ANIMATION in message:
        return MediaKind.ANIMATION
    return next((MediaKind(name) for name in MEDIA_FIELDS if name in message), None)


def _may_stand_for(former: MediaKind, kind: MediaKind) -> bool:
    if former in _ALONE or kind in _ALONE:
        return former is kind
    return kind in (MediaKind.PHOTO, MediaKind.VIDEO)


METHODS: Final[Mapping[str, Handler]] = {
    "editMessageMedia": edit_message_media,
    "editMessageCaption": edit_message_caption,
}
