import time
from typing import Final

from services.sandbox.telegram.chats import Chat, MemberStatus
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

GROUP_ANONYMOUS_BOT: Final[Json] = {
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
_RIGHTS: Final = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)


def member_json(user: Json, status: MemberStatus, *, is_anonymous: bool = False) -> Json:
    """A ChatMember: https://core.telegram.org/bots/api#chatmember"""
    json: Json = {"user": user, "status": status.value}
    if status is MemberStatus.ADMINISTRATOR:
        return json | {"can_be_edited": False, "is_anonymous": is_anonymous} | dict.fromkeys(_RIGHTS, True)
    if status is MemberStatus.CREATOR:
        return json | {"is_anonymous": is_anonymous}
    return json | ({"until_date": 0} if status is MemberStatus.KICKED else {})


def signature(chat: Chat, user: Json) -> Json:
    """Who a user's message in a chat is from: an anonymous administrator speaks as the group."""
    if user["id"] not in chat.anonymous_ids:
        return {"from": user}
    return {"from": GROUP_ANONYMOUS_BOT, "sender_chat": chat.json}


def change_user_status(sandbox: Sandbox, chat: Chat, actor: Json, user: Json, status: MemberStatus) -> None:
    """Changes how a user stands to a group; the bot is told where it leads the group and asked for it."""
    former = chat.members.get(user["id"], MemberStatus.LEFT)
    chat.members[user["id"]] = status
    sandbox.events.publish("chat", chat.id, chat=chat.json)
    if sandbox.bot_status(chat) is not MemberStatus.ADMINISTRATOR:
        return
    payload: Json = {
        "chat": chat.json,
        "from": actor,
        "date": int(time.time()),
        "old_chat_member": member_json(user, former),
        "new_chat_member": member_json(user, status, is_anonymous=user["id"] in chat.anonymous_ids),
    }
    sandbox.updates.add("chat_member", payload, chat.id)


def change_bot_status(sandbox: Sandbox, chat: Chat, actor: Json, status: MemberStatus) -> int | None:
    """Somebody adds, promotes or removes the bot; returns the id of the update that tells it."""
    former = chat.members.get(sandbox.bot.id, MemberStatus.LEFT)
    chat.members[sandbox.bot.id] = status
    sandbox.events.publish("chat", chat.id, chat=chat.json)
    return tell_bot_status(sandbox, chat, actor, former, status)


def tell_bot_status(
    sandbox: Sandbox, chat: Chat, actor: Json, former: MemberStatus, status: MemberStatus
) -> int | None:
    """Queues `my_chat_member`; returns the update id, None where the bot does not want it."""
    payload: Json = {
        "chat": chat.json,
        "from": actor,
        "date": int(time.time()),
        "old_chat_member": member_json(sandbox.bot_json, former),
        "new_chat_member": member_json(sandbox.bot_json, status),
    }
    return sandbox.updates.add("my_chat_member", payload, chat.id)
