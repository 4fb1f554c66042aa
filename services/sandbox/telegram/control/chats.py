from typing import Final

from aiohttp import web

from services.sandbox.telegram.chats import Chat, ChatKind, MemberStatus
from services.sandbox.telegram.control.people import chat_kind
from services.sandbox.telegram.control.request import (
    SANDBOX,
    Body,
    answer,
    find_chat,
    find_seen_chat,
    find_user,
    read_body,
)
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.members import change_bot_status
from services.sandbox.telegram.messages import add_message
from services.sandbox.telegram.placement import Placement
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.topics import DEFAULT_COLOR, add_topic, check_topic_name
from services.sandbox.telegram.wire import Json


def chat_json(chat: Chat) -> Json:
    inside = [user_id for user_id, status in chat.members.items() if status.is_inside]
    return chat.json | {"member_ids": inside, "migrated_to": chat.migrated_to}


def tell(sandbox: Sandbox, chat: Chat, sender: Json, content: Json) -> Json:
    """Adds a service message; the bot hears of it if it is in the chat."""
    message = add_message(sandbox, chat, sender, content, Placement())
    if sandbox.bot_status(chat).is_inside:
        sandbox.updates.add("message", message, chat.id)
    return message


async def add_chat(request: web.Request) -> web.Response:
    """The first member creates the group; the bot joins it as a plain member."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    members = [find_user(sandbox, user_id) for user_id in body.integers("member_ids")]
    kind = chat_kind(body.text("type"))
    if not members:
        raise ControlError("member_ids must name at least one user")
    is_forum = body.flag("is_forum")
    if is_forum and kind is not ChatKind.SUPERGROUP:
        raise ControlError("only a supergroup can be a forum")
    chat = sandbox.add_group(kind, body.text("title"), is_forum=is_forum)
    chat.members = {user.id: MemberStatus.MEMBER for user in members}
    chat.members[members[0].id] = MemberStatus.CREATOR
    creator = members[0].to_json()
    change_bot_status(sandbox, chat, creator, MemberStatus.MEMBER)
    tell(sandbox, chat, creator, {f"{kind.value}_chat_created": True})
    return answer(chat_json(chat))


async def list_chats(request: web.Request) -> web.Response:
    return answer([chat_json(chat) for chat in request.app[SANDBOX].chats.values()])


async def change_member(request: web.Request) -> web.Response:
    """Adds, removes, promotes or demotes a user, or the bot by its own id."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    chat = _group(sandbox, request)
    user_id, status = body.integer("user_id"), _status(body)
    actor = sandbox.users[next(id_ for id_ in chat.members if id_ != sandbox.bot.id)].to_json()
    if user_id == sandbox.bot.id:
        change_bot_status(sandbox, chat, actor, status)
        return answer(chat_json(chat))
    user = find_user(sandbox, user_id).to_json()
    was_inside = chat.members.get(user_id, MemberStatus.LEFT).is_inside
    chat.members[user_id] = status
    sandbox.events.publish("chat", chat.id, chat=chat.json)
    if status.is_inside and not was_inside:
        tell(sandbox, chat, user, {"new_chat_members": [user]})
    elif was_inside and not status.is_inside:
        tell(sandbox, chat, actor, {"left_chat_member": user})
    return answer(chat_json(chat))


async def migrate(request: web.Request) -> web.Response:
    """Upgrades a basic group: calls for its old id are answered with `migrate_to_chat_id`."""
    sandbox = request.app[SANDBOX]
    chat = _group(sandbox, request)
    if chat.kind is not ChatKind.GROUP or chat.migrated_to is not None:
        raise ControlError("only a basic group can be upgraded, and only once")
    successor = sandbox.add_group(ChatKind.SUPERGROUP, str(chat.profile["title"]))
    successor.members = dict(chat.members)
    actor = sandbox.users[next(id_ for id_ in chat.members if id_ != sandbox.bot.id)].to_json()
    tell(sandbox, chat, actor, {"migrate_to_chat_id": successor.id})
    chat.migrated_to = successor.id
    tell(sandbox, successor, actor, {"migrate_from_chat_id": chat.id})
    sandbox.events.publish("chat", successor.id, chat=successor.json)
    return answer(chat_json(successor))


async def open_topic(request: web.Request) -> web.Response:
    """A user opens a thread in a forum or in the private chat with the bot."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user = find_user(sandbox, body.integer("user_id"))
    chat = find_seen_chat(sandbox, user, int(request.match_info["chat_id"]))
    if not (chat.is_forum or (chat.is_private and sandbox.settings.sandbox_topics_enabled)):
        raise ControlError("this chat has no topics")
    name = check_topic_name(body.text("name"))
    topic, message = add_topic(sandbox, chat, user.to_json(), name, DEFAULT_COLOR)
    sandbox.updates.add("message", message, chat.id)
    return answer(topic.to_json())


def _group(sandbox: Sandbox, request: web.Request) -> Chat:
    chat = find_chat(sandbox, int(request.match_info["chat_id"]))
    if chat.is_private:
        raise ControlError("this is a private chat")
    return chat


def _status(body: Body) -> MemberStatus:
    statuses = {
        "add": MemberStatus.MEMBER,
        "remove": MemberStatus.KICKED,
        "promote": MemberStatus.ADMINISTRATOR,
        "demote": MemberStatus.MEMBER,
        "leave": MemberStatus.LEFT,
    }
    action = body.text("action")
    if action not in statuses:
        raise ControlError(f"action must be one of {', '.join(statuses)}")
    return statuses[action]


ROUTES: Final = (
    web.post("/control/chats", add_chat),
    web.get("/control/chats", list_chats),
    web.post("/control/chats/{chat_id:-?\\d+}/members", change_member),
    web.post("/control/chats/{chat_id:-?\\d+}/migrate", migrate),
    web.post("/control/chats/{chat_id:-?\\d+}/topics", open_topic),
)
