from typing import Any

from aiohttp import web

from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.params import as_integer
from services.sandbox.telegram.people import User
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json, dumps, loads

SANDBOX = web.AppKey("sandbox", Sandbox)


class Body:
    """The JSON object of a control request; reading a field that is missing or wrong raises ControlError."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise ControlError(f"{name} must be a string")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.values.get(name)
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ControlError(f"{name} must be an integer")
        try:
            return int(value)
        except ValueError as error:
            raise ControlError(f"{name} must be an integer") from error

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise ControlError(f"{name} must be a boolean")
        return value

    def texts(self, name: str) -> list[str]:
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise ControlError(f"{name} must be a list")
        return [str(item) for item in value]

    def integers(self, name: str) -> list[int]:
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise ControlError(f"{name} must be a list")
        return [as_integer(item) for item in value]


async def read_body(request: web.Request) -> Body:
    raw = await request.read()
    try:
        values = loads(raw) if raw.strip() else {}
    except ValueError as error:
        raise ControlError("the body must be JSON") from error
    if not isinstance(values, dict):
        raise ControlError("the body must be a JSON object")
    return Body(values)


def answer(value: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=dumps(value), content_type="application/json")


def find_user(sandbox: Sandbox, user_id: int) -> User:
    user = sandbox.users.get(user_id)
    if user is None:
        raise ControlError("there is no such user", 404)
    return user


def find_chat(sandbox: Sandbox, chat_id: int) -> Chat:
    chat = sandbox.chats.get(chat_id)
    if chat is None:
        raise ControlError("there is no such chat", 404)
    return chat


def find_seen_chat(sandbox: Sandbox, user: User, chat_id: int) -> Chat:
    """A chat the user is in. The chat with the bot goes by the user's own id."""
    chat = find_chat(sandbox, chat_id)
    if not chat.is_seen_by(user.id):
        raise ControlError("the user is not in this chat", 403)
    return chat
