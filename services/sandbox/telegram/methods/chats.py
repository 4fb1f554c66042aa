from collections.abc import Mapping
from typing import Final

from services.sandbox.telegram.access import find_chat, find_writable_chat
from services.sandbox.telegram.chats import Chat, MemberStatus
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.members import change_bot_status, member_json
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_GIFT_TYPES: Final = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


def get_chat(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getchat"""
    chat = find_chat(sandbox, params)
    full = chat.json | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFT_TYPES, False),
    }
    pinned = chat.messages.get(chat.pinned[-1]) if chat.pinned else None
    return full | ({"pinned_message": pinned} if pinned else {})


def get_chat_member(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getchatmember"""
    chat = _readable(sandbox, params)
    user_id = params.integer("user_id")
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    user = sandbox.find_user_json(user_id)
    if user is None or (chat.is_private and user_id not in (chat.id, sandbox.bot.id)):
        raise bad_request("member not found")
    status = MemberStatus.MEMBER if chat.is_private else chat.members.get(user_id, MemberStatus.LEFT)
    return member_json(user, status, is_anonymous=user_id in chat.anonymous_ids)


def get_chat_administrators(sandbox: Sandbox, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#getchatadministrators (there are no other bots to leave out)"""
    chat = _readable(sandbox, params)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    leading = [(id_, status) for id_, status in chat.members.items() if status.leads]
    found = [(sandbox.find_user_json(id_), status) for id_, status in leading]
    return [
        member_json(user, status, is_anonymous=user["id"] in chat.anonymous_ids)
        for user, status in found
        if user
    ]


def get_chat_member_count(sandbox: Sandbox, params: Params) -> int:
    """https://core.telegram.org/bots/api#getchatmembercount"""
    chat = _readable(sandbox, params)
    return 2 if chat.is_private else sum(status.is_inside for status in chat.members.values())


def leave_chat(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#leavechat"""
    chat = find_writable_chat(sandbox, params)
    if chat.is_private:
        raise bad_request("chat not found")
    change_bot_status(sandbox, chat, sandbox.bot_json, MemberStatus.LEFT)
    return True


def pin_chat_message(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#pinchatmessage"""
    chat = _pinning_chat(sandbox, params)
    message_id = params.integer("message_id")
    if message_id not in chat.messages:
        raise bad_request("message to pin not found")
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
    chat.pinned.append(message_id)
    sandbox.events.publish("chat", chat.id, chat=chat.json, pinned=chat.pinned)
    return True


def unpin_chat_message(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#unpinchatmessage"""
    chat = _pinning_chat(sandbox, params)
    message_id = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    sandbox.events.publish("chat", chat.id, chat=chat.json, pinned=chat.pinned)
    return True


def unpin_all_chat_messages(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#unpinallchatmessages"""
    chat = _pinning_chat(sandbox, params)
    chat.pinned.clear()
    sandbox.events.publish("chat", chat.id, chat=chat.json, pinned=[])
    return True


def _pinning_chat(sandbox: Sandbox, params: Params) -> Chat:
    chat = find_writable_chat(sandbox, params)
    if not chat.is_private and sandbox.bot_status(chat) is not MemberStatus.ADMINISTRATOR:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat


def _readable(sandbox: Sandbox, params: Params) -> Chat:
    chat = find_chat(sandbox, params)
    return chat if chat.is_private else find_writable_chat(sandbox, params)


METHODS: Final[Mapping[str, Handler]] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
}
