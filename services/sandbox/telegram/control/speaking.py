from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.control.request import Body, find_seen_chat, find_user
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.messages import add_message, is_force_reply
from services.sandbox.telegram.people import User
from services.sandbox.telegram.placement import Placement, read_quote
from services.sandbox.telegram.privacy import bot_sees
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.formatting import (
    MAX_TEXT_UTF16,
    FormattedText,
    finish_text,
    plain_text,
    read_text,
)
from services.sandbox.telegram.text.utf16 import from_units, to_units
from services.sandbox.telegram.wire import Json

_MAX_PARTS: Final = 100
_HIGH_SURROGATE: Final = range(0xD800, 0xDC00)


def find_speaker(sandbox: Sandbox, body: Body) -> tuple[User, Chat]:
    """Who speaks and where; raises ControlError where the user cannot."""
    user = find_user(sandbox, body.integer("user_id"))
    chat = find_seen_chat(sandbox, user, body.integer("chat_id", user.id))
    if chat.migrated_to is not None:
        raise ControlError(f"this group has become {chat.migrated_to}", 409)
    if chat.is_private and user.blocked:
        raise ControlError("the user has blocked the bot", 409)
    return user, chat


def read_place(sandbox: Sandbox, chat: Chat, body: Body) -> Placement:
    """Thread, replied message and quote of what a user says; raises ControlError or ApiError."""
    thread_id = body.integer("message_thread_id", 0)
    if thread_id and thread_id not in chat.topics:
        raise ControlError("there is no such thread in this chat", 404)
    reply_to_id = body.integer("reply_to_message_id", 0)
    if not reply_to_id:
        return Placement(thread_id)
    reply_to: Json | None = chat.messages.get(reply_to_id)
    if reply_to is None:
        raise ControlError("the message to reply to is not in this chat", 404)
    quote = read_quote(sandbox, reply_to, body.values)
    return Placement(thread_id or int(reply_to.get("message_thread_id", 0)), reply_to, quote)


def deliver(sandbox: Sandbox, user: User, chat: Chat, said: Sequence[tuple[Json, Placement]]) -> Json:
    """Puts messages of a user into a chat, one after another; an answer of the control API tells the ids."""
    messages, update_ids = [], []
    for content, placement in said:
        message = add_message(sandbox, chat, user.to_json(), content, placement)
        messages.append(message)
        update_ids.append(
            sandbox.updates.add("message", message, chat.id) if bot_sees(sandbox, chat, message) else None
        )
    user.started = user.started or chat.is_private
    if is_force_reply(chat.keyboard):
        chat.keyboard = None
    return {
        "message": messages[0],
        "update_id": update_ids[0],
        "messages": messages,
        "update_ids": update_ids,
    }


def typed_text(sandbox: Sandbox, text: str, entities: Any) -> FormattedText:
    """What Telegram makes of a text that somebody types or formats."""
    if not entities:
        return plain_text(text)
    return finish_text(read_text(text, "", entities, sandbox.find_user_json))


def typed_parts(sandbox: Sandbox, text: str, entities: Any) -> list[FormattedText]:
    """A pasted text as a client sends it: in messages of at most 4096 UTF-16 code units, in a row."""
    units = to_units(text)
    if len(units) <= MAX_TEXT_UTF16:
        return [typed_text(sandbox, text, entities)]
    if len(units) > MAX_TEXT_UTF16 * _MAX_PARTS:
        raise ControlError(f"a text is sent in at most {_MAX_PARTS} messages")
    given = entities if isinstance(entities, list) else []
    parts = []
    start = 0
    while start < len(units):
        end = _part_end(units, start)
        part = from_units(units[start:end])
        if part.strip():
            parts.append(typed_text(sandbox, part, _within(given, start, end)))
        start = end
    return parts


def _part_end(units: str, start: int) -> int:
    end = min(start + MAX_TEXT_UTF16, len(units))
    is_cut = end < len(units) and ord(units[end - 1]) in _HIGH_SURROGATE
    return end - 1 if is_cut else end


def _within(entities: Sequence[Mapping[str, Any]], start: int, end: int) -> list[Json]:
    """The entities of one part, counted from its beginning."""
    found = []
    for entity in entities:
        first = max(int(entity["offset"]), start)
        last = min(int(entity["offset"]) + int(entity["length"]), end)
        if first < last:
            found.append({**entity, "offset": first - start, "length": last - first})
    return found
