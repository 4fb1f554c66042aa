from typing import Final

from aiohttp import web

from services.sandbox.telegram.chats import Chat, ChatKind, MemberStatus
from services.sandbox.telegram.control.chats import chat_json, creator_of, find_group, tell
from services.sandbox.telegram.control.request import SANDBOX, Body, answer, find_user, read_body
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.members import change_bot_status, change_user_status
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_STATUSES: Final = {
    "add": MemberStatus.MEMBER,
    "remove": MemberStatus.KICKED,
    "promote": MemberStatus.ADMINISTRATOR,
    "demote": MemberStatus.MEMBER,
    "leave": MemberStatus.LEFT,
}


async def change_member(request: web.Request) -> web.Response:
    """Adds, removes, promotes or demotes a user, or the bot by its own id."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    chat = find_group(sandbox, request)
    user_id, status = body.integer("user_id"), _status(body)
    actor = creator_of(sandbox, chat)
    if user_id == sandbox.bot.id:
        change_bot_status(sandbox, chat, actor, status)
        return answer(chat_json(chat))
    user = find_user(sandbox, user_id).to_json()
    former = chat.members.get(user_id, MemberStatus.LEFT)
    if former is MemberStatus.CREATOR and status is MemberStatus.ADMINISTRATOR:
        status = former
    _set_anonymous(chat, user_id, body, status)
    change_user_status(sandbox, chat, actor, user, status)
    _tell_coming_and_going(sandbox, chat, actor, user, former, status)
    return answer(chat_json(chat))


def _set_anonymous(chat: Chat, user_id: int, body: Body, status: MemberStatus) -> None:
    chat.anonymous_ids.discard(user_id)
    if not body.flag("is_anonymous"):
        return
    if not status.leads or chat.kind is not ChatKind.SUPERGROUP:
        raise ControlError("only an administrator of a supergroup can be anonymous")
    chat.anonymous_ids.add(user_id)


def _tell_coming_and_going(
    sandbox: Sandbox, chat: Chat, actor: Json, user: Json, former: MemberStatus, status: MemberStatus
) -> None:
    if status.is_inside and not former.is_inside:
        tell(sandbox, chat, user, {"new_chat_members": [user]})
    elif former.is_inside and not status.is_inside:
        tell(sandbox, chat, actor, {"left_chat_member": user})


def _status(body: Body) -> MemberStatus:
    action = body.text("action")
    if action not in _STATUSES:
        raise ControlError(f"action must be one of {', '.join(_STATUSES)}")
    return _STATUSES[action]


ROUTES: Final = (web.post("/control/chats/{chat_id:-?\\d+}/members", change_member),)
