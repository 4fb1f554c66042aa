from typing import Final

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params, require_boolean
from services.sandbox.telegram.text.links import InvalidLink, check_link
from services.sandbox.telegram.wire import Json

_FLAGS: Final = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


def read_link_preview(params: Params) -> Json:
    """The `link_preview_options` of a message as a part of it, empty where none are given."""
    options = params.object("link_preview_options", "link preview options")
    if options is None:
        return (
            {"link_preview_options": {"is_disabled": True}} if params.flag("disable_web_page_preview") else {}
        )
    checked: Json = {name: True for name in _FLAGS if require_boolean(options, name)}
    if url := options.get("url"):
        try:
            check_link(str(url))
        except InvalidLink as error:
            raise bad_request("WEBPAGE_URL_INVALID") from error
        checked["url"] = url
    return {"link_preview_options": checked} if checked else {}
