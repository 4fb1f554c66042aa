from typing import Any, Final

from services.sandbox.telegram.errors import ApiError, bad_request
from services.sandbox.telegram.params import require_boolean
from services.sandbox.telegram.text.links import InvalidLink, check_link, require_https
from services.sandbox.telegram.wire import Json

_STYLES: Final = ("primary", "success", "danger")
_MAX_DATA_BYTES: Final = 64
_MAX_COPY_TEXT: Final = 256
_OBJECT_ACTIONS: Final = ("copy_text", "web_app", "switch_inline_query_chosen_chat", "login_url")
_DECORATION: Final = ("style", "icon_custom_emoji_id")
_CHOSEN_CHAT_FLAGS: Final = (
    "allow_user_chats",
    "allow_bot_chats",
    "allow_group_chats",
    "allow_channel_chats",
)


def read_inline_button(button: Any) -> Json:
    """Checks a button of an inline keyboard; raises ApiError in Telegram's words."""
    json = _button_object(button, "inline keyboard")
    decoration = _decoration(json, "inline keyboard")
    return {"text": json["text"], **decoration, **_inline_action(json)}


def read_reply_button(button: Any) -> Json:
    """Checks a button of a reply keyboard; raises ApiError in Telegram's words."""
    if isinstance(button, str):
        return {"text": button}
    json = _button_object(button, "keyboard")
    for name in ("request_users", "request_chat"):
        if isinstance(json.get(name), dict) and "request_id" not in json[name]:
            raise bad_request("Can't parse keyboard button: Can't find field \"request_id\"")
    if isinstance(json.get("web_app"), dict):
        require_https(str(json["web_app"].get("url", "")), "keyboard button Web App")
    _decoration(json, "keyboard")
    return {name: value for name, value in json.items() if value not in (None, False)}


def _button_object(button: Any, where: str) -> Json:
    if not isinstance(button, dict):
        raise bad_request(f"Can't parse {where} button: Button must be an Object")
    if "text" not in button:
        raise bad_request(f"Can't parse {where} button: Can't find field \"text\"")
    if not isinstance(button["text"], str):
        raise bad_request(f'Can\'t parse {where} button: Field "text" must be of type String')
    return button


def _decoration(json: Json, where: str) -> Json:
    style = json.get("style")
    if style and style not in _STYLES:
        raise bad_request(f"Can't parse {where} button: invalid button style specified")
    return {name: json[name] for name in _DECORATION if json.get(name)}


def _inline_action(json: Json) -> Json:
    if json.get("url"):
        return {"url": _checked_url(str(json["url"]))}
    if json.get("callback_data"):
        return {"callback_data": _checked_data(str(json["callback_data"]))}
    for name in _OBJECT_ACTIONS:
        if isinstance(json.get(name), dict):
            return {name: _checked_object(name, json[name])}
    for name in ("switch_inline_query", "switch_inline_query_current_chat", "disabled"):
        if json.get(name) is not None:
            return {name: json[name]}
    if json.get("pay") or json.get("callback_game"):
        raise bad_request("BUTTON_TYPE_INVALID")
    raise _unallowed()


def _checked_object(name: str, value: Json) -> Json:
    if name == "login_url":
        raise bad_request("BOT_DOMAIN_INVALID")
    if name == "copy_text":
        return {"text": _checked_copy_text(value)}
    if name == "web_app":
        require_https(str(value.get("url", "")), "inline keyboard button Web App")
        return {"url": value["url"]}
    for flag in _CHOSEN_CHAT_FLAGS:
        require_boolean(value, flag, "Can't parse inline keyboard button: ")
    return value


def _unallowed() -> ApiError:
    reason = "Text buttons are unallowed in the inline keyboard"
    return bad_request(f"Can't parse inline keyboard button: {reason}")


def _checked_url(url: str) -> str:
    try:
        return check_link(url)
    except InvalidLink as error:
        raise bad_request(f"Inline keyboard button URL '{url}' is invalid: {error}") from error


def _checked_data(data: str) -> str:
    if len(data.encode(errors="surrogatepass")) > _MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return data


def _checked_copy_text(copy_text: Json) -> str:
    text = copy_text.get("text")
    if not isinstance(text, str) or not 1 <= len(text) <= _MAX_COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return text
