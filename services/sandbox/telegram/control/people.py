import time
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from services.sandbox.telegram.chats import MemberStatus
from services.sandbox.telegram.control.request import SANDBOX, answer, find_chat, find_user, read_body
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.members import tell_bot_status
from services.sandbox.telegram.mini_app import sign_init_data
from services.sandbox.telegram.people import User


async def add_user(request: web.Request) -> web.Response:
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user_id = body.integer("id", 0) or sandbox.new_identity()
    if user_id in sandbox.users or user_id == sandbox.bot.id or user_id <= 0:
        raise ControlError("this user id is taken", 409)
    user = User(
        user_id,
        body.text("first_name"),
        body.text("last_name", ""),
        body.text("username", "").lstrip("@"),
        body.text("language_code", "en"),
        started=body.flag("started", default=False),
    )
    sandbox.add_user(user)
    return answer(user.to_json())


async def list_users(request: web.Request) -> web.Response:
    users = request.app[SANDBOX].users.values()
    return answer([user.to_json() | {"blocked": user.blocked, "started": user.started} for user in users])


async def block(request: web.Request) -> web.Response:
    """The user blocks the bot or lets it in again; the bot gets `my_chat_member`."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user = find_user(sandbox, body.integer("user_id"))
    blocked = body.flag("blocked", default=True)
    if user.blocked == blocked:
        return answer({"update_id": None})
    chat = find_chat(sandbox, user.id)
    former = sandbox.bot_status(chat)
    user.blocked = blocked
    status = MemberStatus.KICKED if blocked else MemberStatus.MEMBER
    if blocked:
        chat.clear_timers()
    sandbox.events.publish("chat", chat.id, chat=chat.json, blocked=blocked)
    return answer({"update_id": tell_bot_status(sandbox, chat, user.to_json(), former, status)})


async def open_mini_app(request: web.Request) -> web.Response:
    """What Telegram adds to the address of a Mini App that a user opens; `auth_date` makes it an old one."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user = find_user(sandbox, body.integer("user_id"))
    auth_date = body.integer("auth_date", int(time.time()))
    init_data = sign_init_data(user, sandbox.bot.id, auth_date=auth_date)
    return answer({"init_data": init_data, "fragment": urlencode({"tgWebAppData": init_data})})


ROUTES: Final = (
    web.post("/control/mini_app", open_mini_app),
    web.post("/control/users", add_user),
    web.get("/control/users", list_users),
    web.post("/control/block", block),
)
