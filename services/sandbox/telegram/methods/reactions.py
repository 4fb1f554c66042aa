from collections.abc import Mapping
from typing import Any, Final

from services.sandbox.telegram.access import find_writable_chat
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.reactions import set_reaction
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json


def set_message_reaction(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmessagereaction (bots may set one reaction)"""
    chat = find_writable_chat(sandbox, params)
    message_id = params.integer("message_id")
    if message_id not in chat.messages:
        raise bad_request("message to react not found")
    reactions = params.json("reaction", "reaction") or []
    if not isinstance(reactions, list):
        raise bad_request("Can't parse reaction: expected an Array of ReactionType")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    set_reaction(sandbox, chat, message_id, sandbox.bot.id, [_reaction(item) for item in reactions])
    return True


def _reaction(item: Any) -> Json:
    if not isinstance(item, dict) or item.get("type") not in ("emoji", "custom_emoji"):
        raise bad_request("REACTION_INVALID")
    if item["type"] == "emoji" and not item.get("emoji"):
        raise bad_request("REACTION_EMPTY")
    return item


METHODS: Final[Mapping[str, Handler]] = {"setMessageReaction": set_message_reaction}
