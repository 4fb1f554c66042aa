from collections.abc import Mapping
from typing import Final

from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_MAX_NAME: Final = 64
_MAX_DESCRIPTION: Final = 512
_MAX_SHORT_DESCRIPTION: Final = 120


def get_me(sandbox: Sandbox, _params: Params) -> Json:
    """https://core.telegram.org/bots/api#getme"""
    has_topics = sandbox.settings.sandbox_topics_enabled
    return sandbox.bot_json | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": sandbox.settings.sandbox_inline_enabled,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": has_topics,
        "allows_users_to_create_topics": has_topics,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


def acknowledge(_sandbox: Sandbox, _params: Params) -> bool:
    """logOut and close: there is no other server to move to, so nothing changes."""
    return True


def set_name(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmyname"""
    return _set_text(sandbox.profile.names, params, "name", _MAX_NAME)


def get_name(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getmyname"""
    return {"name": _text(sandbox.profile.names, params) or sandbox.bot.first_name}


def set_description(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmydescription"""
    return _set_text(sandbox.profile.descriptions, params, "description", _MAX_DESCRIPTION)


def get_description(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getmydescription"""
    return {"description": _text(sandbox.profile.descriptions, params)}


def set_short_description(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmyshortdescription"""
    texts = sandbox.profile.short_descriptions
    return _set_text(texts, params, "short_description", _MAX_SHORT_DESCRIPTION)


def get_short_description(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getmyshortdescription"""
    return {"short_description": _text(sandbox.profile.short_descriptions, params)}


def set_menu_button(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setchatmenubutton"""
    button = params.object("menu_button", "menu button") or {"type": "default"}
    if button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("Can't parse menu button: Unsupported type specified")
    sandbox.profile.menu_buttons[params.integer("chat_id")] = button
    return True


def get_menu_button(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getchatmenubutton"""
    buttons = sandbox.profile.menu_buttons
    default = buttons.get(0, {"type": "commands"})
    return buttons.get(params.integer("chat_id"), default)


def get_user_profile_photos(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getuserprofilephotos"""
    if sandbox.find_user_json(params.integer("user_id")) is None:
        raise bad_request("user not found")
    return {"total_count": 0, "photos": []}


def _text(texts: Mapping[str, str], params: Params) -> str:
    return texts.get(params.text("language_code"), "") or texts.get("", "")


def _set_text(texts: dict[str, str], params: Params, name: str, max_length: int) -> bool:
    text = params.text(name)
    if len(text) > max_length:
        raise bad_request(f"bot {name.replace('_', ' ')} is too long")
    language = params.text("language_code")
    if text:
        texts[language] = text
    else:
        texts.pop(language, None)
    return True


METHODS: Final[Mapping[str, Handler]] = {
    "getMe": get_me,
    "logOut": acknowledge,
    "close": acknowledge,
    "setMyName": set_name,
    "getMyName": get_name,
    "setMyDescription": set_description,
    "getMyDescription": get_description,
    "setMyShortDescription": set_short_description,
    "getMyShortDescription": get_short_description,
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
    "getUserProfilePhotos": get_user_profile_photos,
}
