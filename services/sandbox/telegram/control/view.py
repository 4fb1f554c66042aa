import asyncio
from typing import Final

from aiohttp import web

from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.command_scopes import scopes_for
from services.sandbox.telegram.control.request import SANDBOX, answer, find_seen_chat, find_user
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.params import as_integer
from services.sandbox.telegram.people import User
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json, dumps

_HEARTBEAT_SECONDS: Final = 15.0


async def view(request: web.Request) -> web.Response:
    """What this user's client shows of the chat now."""
    sandbox = request.app[SANDBOX]
    chat_id = int(request.match_info["chat_id"])
    user = find_user(sandbox, as_integer(request.query.get("user_id", chat_id)))
    chat = find_seen_chat(sandbox, user, chat_id)
    return answer(_view(sandbox, chat, user))


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events; with `user_id` only what this user sees."""
    sandbox = request.app[SANDBOX]
    user_id = request.query.get("user_id", "")
    if user_id and not user_id.lstrip("-").isdecimal():
        raise ControlError("user_id must be an integer")

    def wanted(event: Json) -> bool:
        return not user_id or _concerns(sandbox, event, int(user_id))

    with sandbox.events.subscribe(wanted) as subscription:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(b": ready\n\n")
        try:
            while True:
                try:
                    event = await asyncio.wait_for(subscription.next(), _HEARTBEAT_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    return response
                await response.write(b"data: " + dumps(event) + b"\n\n")
        except ConnectionError:
            return response


def _concerns(sandbox: Sandbox, event: Json, user_id: int) -> bool:
    if event["type"] in ("callback_answer", "inline_answer"):
        return bool(event["user_id"] == user_id)
    if event["type"] == "user" or event["chat_id"] is None:
        return True
    chat = sandbox.chats.get(event["chat_id"])
    return chat is not None and chat.is_seen_by(user_id)


def _view(sandbox: Sandbox, chat: Chat, user: User) -> Json:
    return {
        "chat": chat.json,
        "messages": list(chat.messages.values()),
        "drafts": [draft.to_json() for draft in chat.drafts.values()],
        "actions": [
            {"action": action.name, "thread": thread or None} for thread, action in chat.actions.items()
        ],
        "keyboard": chat.keyboard,
        "topics": [topic.to_json() for topic in chat.topics.values()],
        "pinned": chat.pinned,
        "reactions": chat.reactions,
        "commands": _commands(sandbox, chat, user),
        "blocked": user.blocked,
    }


def _commands(sandbox: Sandbox, chat: Chat, user: User) -> list[Json]:
    if not sandbox.bot_status(chat).is_inside:
        return []
    return sandbox.profile.commands_for(scopes_for(chat, user.id), user.language_code[:2])


ROUTES: Final = (
    web.get("/control/chats/{chat_id:-?\\d+}/view", view),
    web.get("/control/events", events),
)
