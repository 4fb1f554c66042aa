from typing import Any, Final

from aiohttp import web

from services.sandbox.telegram.chats import Chat, Draft
from services.sandbox.telegram.control.request import (
    SANDBOX,
    Body,
    answer,
    find_seen_chat,
    find_user,
    read_body,
)
from services.sandbox.telegram.drafts import stop_draft
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.people import User
from services.sandbox.telegram.reactions import set_reaction
from services.sandbox.telegram.rich.buttons import rich_buttons
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json


async def press(request: web.Request) -> web.Response:
    """A user presses an inline button that carries this data."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user, chat, message = _seen_message(sandbox, body)
    data = body.text("data")
    if data not in _callback_data(message):
        raise ControlError("the message has no button with this data", 404)
    callback = sandbox.callbacks.add(user.id, chat.id)
    inline_message_id = sandbox.inline_messages.find_id(chat.id, message["message_id"])
    # Of a message sent inline the bot learns nothing but its id.
    origin = {"inline_message_id": inline_message_id} if inline_message_id else {"message": message}
    payload = {
        "id": callback.id,
        "from": user.to_json(),
        **origin,
        "chat_instance": str(abs(chat.id) * 1_000_003),
        "data": data,
    }
    update_id = sandbox.updates.add("callback_query", payload, chat.id)
    return answer({"callback_query_id": callback.id, "update_id": update_id})


async def look_at_callback(request: web.Request) -> web.Response:
    callback = request.app[SANDBOX].callbacks.find(request.match_info["callback_id"])
    if callback is None:
        raise ControlError("there is no such callback query", 404)
    return answer(callback.to_json())


async def stop(request: web.Request) -> web.Response:
    """A user presses Stop on a live draft (without `draft_id`: on the one that is shown)."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user = find_user(sandbox, body.integer("user_id"))
    chat = find_seen_chat(sandbox, user, body.integer("chat_id", user.id))
    draft = _stoppable(chat, body.integer("draft_id", 0))
    return answer({"draft_id": draft.id, "update_id": stop_draft(sandbox, chat, draft)})


async def react(request: web.Request) -> web.Response:
    """A user puts emoji under a message; the bot is told only if it asked for `message_reaction`."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user, chat, message = _seen_message(sandbox, body)
    new = [{"type": "emoji", "emoji": emoji} for emoji in body.texts("emoji")]
    old = set_reaction(sandbox, chat, message["message_id"], user.id, new)
    payload = {
        "chat": chat.json,
        "message_id": message["message_id"],
        "user": user.to_json(),
        "date": message["date"],
        "old_reaction": old,
        "new_reaction": new,
    }
    return answer({"update_id": sandbox.updates.add("message_reaction", payload, chat.id)})


def _seen_message(sandbox: Sandbox, body: Body) -> tuple[User, Chat, Json]:
    user = find_user(sandbox, body.integer("user_id"))
    chat = find_seen_chat(sandbox, user, body.integer("chat_id", user.id))
    message = chat.messages.get(body.integer("message_id"))
    if message is None:
        raise ControlError("there is no such message in this chat", 404)
    return user, chat, message


def _callback_data(message: Json) -> set[Any]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    buttons += rich_buttons(message.get("rich_message"))
    return {button["callback_data"] for button in buttons if "callback_data" in button}


def _stoppable(chat: Chat, draft_id: int) -> Draft:
    for draft in chat.drafts.values():
        if draft.can_stop and not draft.stopped and draft_id in (0, draft.id):
            return draft
    raise ControlError("no live draft with a Stop button is shown in this chat", 404)


ROUTES: Final = (
    web.post("/control/callbacks", press),
    web.get("/control/callbacks/{callback_id}", look_at_callback),
    web.post("/control/stop", stop),
    web.post("/control/reactions", react),
)
