import time
from typing import Final

from services.sandbox.telegram.chats import Chat, MemberStatus
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

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


def member_json(user: Json, status: MemberStatus) -> Json:
    """A ChatMember: https://core.telegram.org/bots/api#chatmember"""
    json: Json = {"user": user, "status": status.value}
    if status is MemberStatus.ADMINISTRATOR:
        return json | {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
    if status is MemberStatus.CREATOR:
        return json | {"is_anonymous": False}
    return json | ({"until_date": 0} if status is MemberStatus.KICKED else {})


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
