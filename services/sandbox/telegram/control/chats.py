from collections.abc import Sequence
from typing import Final

from aiohttp import web

from services.sandbox.telegram.chats import Chat, ChatKind, MemberStatus
from services.sandbox.telegram.control.request import SANDBOX, answer, find_chat, find_user, read_body
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.members import change_bot_status
from services.sandbox.telegram.messages import add_message
from services.sandbox.telegram.people import User
from services.sandbox.telegram.placement import Placement
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_KINDS: Final = {
    "private": ChatKind.DIALOGUE,
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.SUPERGROUP,
}


def chat_json(chat: Chat) -> Json:
    inside = [user_id for user_id, status in chat.members.items() if status.is_inside]
    return chat.json | {"member_ids": inside, "migrated_to": chat.migrated_to}


def tell(sandbox: Sandbox, chat: Chat, sender: Json, content: Json) -> Json:
    """Adds a service message; the bot hears of it if it is in the chat."""
    message = add_message(sandbox, chat, sender, content, Placement())
    if sandbox.bot_status(chat).is_inside:
        sandbox.updates.add("message", message, chat.id)
    return message


def creator_of(sandbox: Sandbox, chat: Chat) -> Json:
    return next(
        sandbox.users[user_id].to_json()
        for user_id, status in chat.members.items()
        if status is MemberStatus.CREATOR
    )


def find_group(sandbox: Sandbox, request: web.Request) -> Chat:
    """The group in the address of a request; raises ControlError for any other chat."""
    chat = find_chat(sandbox, int(request.match_info["chat_id"]))
    if chat.is_private or chat.kind is ChatKind.DIALOGUE:
        raise ControlError("this is a private chat")
    return chat


async def add_chat(request: web.Request) -> web.Response:
    """A group, created by its first member, with the bot unless told otherwise; or a chat of two people."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    members = [find_user(sandbox, user_id) for user_id in body.integers("member_ids")]
    kind = _KINDS.get(body.text("type"))
    if kind is None:
        raise ControlError(f"type must be one of {', '.join(_KINDS)}")
    if kind is ChatKind.DIALOGUE:
        return answer(chat_json(_add_dialogue(sandbox, members)))
    if not members:
        raise ControlError("member_ids must name at least one user")
    is_forum = body.flag("is_forum")
    if is_forum and kind is not ChatKind.SUPERGROUP:
        raise ControlError("only a supergroup can be a forum")
    chat = sandbox.add_group(kind, body.text("title"), is_forum=is_forum)
    chat.members = {user.id: MemberStatus.MEMBER for user in members}
    chat.members[members[0].id] = MemberStatus.CREATOR
    creator = members[0].to_json()
    if body.flag("with_bot", default=True):
        change_bot_status(sandbox, chat, creator, MemberStatus.MEMBER)
    else:
        sandbox.events.publish("chat", chat.id, chat=chat.json)
    tell(sandbox, chat, creator, {f"{kind.value}_chat_created": True})
    return answer(chat_json(chat))


async def list_chats(request: web.Request) -> web.Response:
    return answer([chat_json(chat) for chat in request.app[SANDBOX].chats.values()])


async def migrate(request: web.Request) -> web.Response:
    """Upgrades a basic group: calls for its old id are answered with `migrate_to_chat_id`."""
    sandbox = request.app[SANDBOX]
    chat = find_group(sandbox, request)
    if chat.kind is not ChatKind.GROUP or chat.migrated_to is not None:
        raise ControlError("only a basic group can be upgraded, and only once")
    successor = sandbox.add_group(ChatKind.SUPERGROUP, str(chat.profile["title"]))
    successor.members = dict(chat.members)
    actor = creator_of(sandbox, chat)
    tell(sandbox, chat, actor, {"migrate_to_chat_id": successor.id})
    chat.migrated_to = successor.id
    tell(sandbox, successor, actor, {"migrate_from_chat_id": chat.id})
    sandbox.events.publish("chat", successor.id, chat=successor.json)
    return answer(chat_json(successor))


def _add_dialogue(sandbox: Sandbox, people: Sequence[User]) -> Chat:
    ids = {user.id for user in people}
    if len(ids) != 2:
        raise ControlError("a private chat is one of two people")
    for chat in sandbox.chats.values():
        if chat.kind is ChatKind.DIALOGUE and chat.members.keys() == ids:
            return chat
    chat = sandbox.add_dialogue(ids)
    sandbox.events.publish("chat", chat.id, chat=chat.json)
    return chat


ROUTES: Final = (
    web.post("/control/chats", add_chat),
    web.get("/control/chats", list_chats),
    web.post("/control/chats/{chat_id:-?\\d+}/migrate", migrate),
)
