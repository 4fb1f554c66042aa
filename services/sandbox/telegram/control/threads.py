from typing import Final

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
from services.sandbox.telegram.control.speaking import read_place
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.people import User
from services.sandbox.telegram.placement import Placement
from services.sandbox.telegram.privacy import bot_sees
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.topics import DEFAULT_COLOR, add_topic, check_topic_name, rename_topic
from services.sandbox.telegram.wire import Json

_NAME_CHARACTERS: Final = 48
_NAMELESS: Final = "New Chat"


async def open_topic(request: web.Request) -> web.Response:
    """A user opens a thread in a forum or in the private chat with the bot."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user = find_user(sandbox, body.integer("user_id"))
    chat = find_seen_chat(sandbox, user, int(request.match_info["chat_id"]))
    _require_topics(sandbox, chat)
    topic, message = add_topic(
        sandbox, chat, user.to_json(), check_topic_name(body.text("name")), DEFAULT_COLOR
    )
    if bot_sees(sandbox, chat, message):
        sandbox.updates.add("message", message, chat.id)
    return answer(topic.to_json())


async def rename(request: web.Request) -> web.Response:
    """A user gives a thread another name."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user = find_user(sandbox, body.integer("user_id"))
    chat = find_seen_chat(sandbox, user, int(request.match_info["chat_id"]))
    topic = chat.topics.get(int(request.match_info["thread_id"]))
    if topic is None:
        raise ControlError("there is no such thread in this chat", 404)
    message = rename_topic(sandbox, chat, topic, user.to_json(), check_topic_name(body.text("name")))
    if bot_sees(sandbox, chat, message):
        sandbox.updates.add("message", message, chat.id)
    return answer(topic.to_json())


def choose_place(sandbox: Sandbox, user: User, chat: Chat, body: Body, content: Json) -> Placement:
    """Where in a chat a user says something; with `new_thread` a thread begins with it.

    Raises ControlError or ApiError where there is no such place.
    """
    if not body.flag("new_thread"):
        return read_place(sandbox, chat, body)
    words = str(content.get("text") or content.get("caption", ""))
    return Placement(_start_thread(sandbox, user, chat, words))


def _start_thread(sandbox: Sandbox, user: User, chat: Chat, words: str) -> int:
    _require_topics(sandbox, chat)
    if not chat.is_private:
        raise ControlError("a thread of a forum is opened by its name")
    name = " ".join(words.split())[:_NAME_CHARACTERS].strip() or _NAMELESS
    topic, message = add_topic(sandbox, chat, user.to_json(), name, DEFAULT_COLOR, is_implicit=True)
    sandbox.updates.add("message", message, chat.id)
    return topic.id


def _require_topics(sandbox: Sandbox, chat: Chat) -> None:
    if not (chat.is_forum or (chat.is_private and sandbox.settings.sandbox_topics_enabled)):
        raise ControlError("this chat has no topics")


ROUTES: Final = (
    web.post("/control/chats/{chat_id:-?\\d+}/topics", open_topic),
    web.post("/control/chats/{chat_id:-?\\d+}/topics/{thread_id:\\d+}", rename),
)
