import time
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.control.request import (
    SANDBOX,
    Body,
    answer,
    find_seen_chat,
    find_user,
    read_body,
)
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.messages import add_message, replace_message, text_content
from services.sandbox.telegram.people import User
from services.sandbox.telegram.placement import Placement
from services.sandbox.telegram.privacy import bot_sees
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.formatting import FormattedText, finish_text, plain_text, read_text
from services.sandbox.telegram.wire import Json


async def send(request: web.Request) -> web.Response:
    """A user sends a text; the answer tells whether the bot was told (`update_id`)."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user, chat = _speaker(sandbox, body)
    formatted = _formatted(sandbox, body.text("text"), body.values)
    message = add_message(sandbox, chat, user.to_json(), text_content(formatted), _placement(chat, body))
    user.started = user.started or chat.is_private
    update_id = None
    if bot_sees(sandbox, chat, message):
        update_id = sandbox.updates.add("message", message, chat.id)
    return answer({"message": message, "update_id": update_id})


async def edit(request: web.Request) -> web.Response:
    """A user changes an own message."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user, chat = _speaker(sandbox, body)
    message = chat.messages.get(body.integer("message_id"))
    if message is None or message["from"]["id"] != user.id:
        raise ControlError("the user has no such message in this chat", 404)
    content = text_content(_formatted(sandbox, body.text("text"), body.values))
    kept = {name: value for name, value in message.items() if name not in ("text", "entities")}
    edited = replace_message(sandbox, chat, kept | {"edit_date": int(time.time()), **content})
    update_id = None
    if bot_sees(sandbox, chat, edited):
        update_id = sandbox.updates.add("edited_message", edited, chat.id)
    return answer({"message": edited, "update_id": update_id})


def _speaker(sandbox: Sandbox, body: Body) -> tuple[User, Chat]:
    user = find_user(sandbox, body.integer("user_id"))
    chat = find_seen_chat(sandbox, user, body.integer("chat_id", user.id))
    if chat.migrated_to is not None:
        raise ControlError(f"this group has become {chat.migrated_to}", 409)
    if chat.is_private and user.blocked:
        raise ControlError("the user has blocked the bot", 409)
    return user, chat


def _placement(chat: Chat, body: Body) -> Placement:
    thread_id = body.integer("message_thread_id", 0)
    if thread_id and thread_id not in chat.topics:
        raise ControlError("there is no such thread in this chat", 404)
    reply_to_id = body.integer("reply_to_message_id", 0)
    if not reply_to_id:
        return Placement(thread_id)
    reply_to: Json | None = chat.messages.get(reply_to_id)
    if reply_to is None:
        raise ControlError("the message to reply to is not in this chat", 404)
    return Placement(thread_id or int(reply_to.get("message_thread_id", 0)), reply_to)


def _formatted(sandbox: Sandbox, text: str, values: Mapping[str, Any]) -> FormattedText:
    entities = values.get("entities")
    if not entities:
        return plain_text(text)
    return finish_text(read_text(text, "", entities, sandbox.find_user_json))


ROUTES: Final = (
    web.post("/control/messages", send),
    web.post("/control/edits", edit),
)
