import re
from collections.abc import Mapping
from typing import Any, Final

from services.sandbox.telegram.access import find_chat
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_MAX_COMMANDS: Final = 100
_MAX_DESCRIPTION: Final = 256
_COMMAND: Final = re.compile(r"/?([a-z0-9_]{1,32})\Z")
_LANGUAGE: Final = re.compile(r"(?:[a-z]{2})?\Z")
_PLAIN_SCOPES: Final = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)


def set_my_commands(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmycommands"""
    commands = params.json("commands", "commands")
    if not isinstance(commands, list):
        raise bad_request("Expected an Array of BotCommand")
    if len(commands) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _key(sandbox, params)
    sandbox.profile.commands[key] = [_command(command) for command in commands]
    sandbox.events.publish("commands", None)
    return True


def get_my_commands(sandbox: Sandbox, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#getmycommands"""
    return sandbox.profile.commands.get(_key(sandbox, params), [])


def delete_my_commands(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands"""
    sandbox.profile.commands.pop(_key(sandbox, params), None)
    sandbox.events.publish("commands", None)
    return True


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in command:
            raise bad_request(f"Can't parse BotCommand: Can't find field \"{name}\"")
    match = _COMMAND.match(str(command["command"]))
    if not match:
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command["description"])) <= _MAX_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    json: Json = {"command": match[1], "description": command["description"]}
    return json | ({"is_ephemeral": True} if command.get("is_ephemeral") else {})


def _key(sandbox: Sandbox, params: Params) -> tuple[str, str]:
    language = params.text("language_code")
    if not _LANGUAGE.match(language):
        raise bad_request("LANG_CODE_INVALID")
    scope = params.object("scope", "BotCommandScope") or {"type": "default"}
    kind = str(scope.get("type", ""))
    if kind in _PLAIN_SCOPES:
        return kind, language
    if kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    chat = find_chat(sandbox, Params(scope))
    if chat.is_private and kind != "chat":
        raise bad_request("Can't use specified scope in private chats")
    if kind != "chat_member":
        return f"{kind}:{chat.id}", language
    user_id = Params(scope).integer("user_id")
    if sandbox.find_user_json(user_id) is None:
        raise bad_request("user not found")
    return f"{kind}:{chat.id}:{user_id}", language


METHODS: Final[Mapping[str, Handler]] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
}
