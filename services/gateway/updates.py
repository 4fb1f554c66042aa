import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.gateway.buttons import (
    DOCUMENT_PREFIX,
    EASEL_PREFIX,
    EXAMPLE_PREFIX,
    IN_ORDER,
    MENU_PREFIX,
    PICTURE_PREFIX,
    VIDEO_PREFIX,
    Press,
    parse_press,
)

RawUpdate = dict[str, Any]
"""One update as Telegram's JSON: https://core.telegram.org/bots/api#update"""

STOP_PREFIX = "stop:"
"""Callback data of our own Stop buttons: the prefix, then the turn's id."""
PICTURES_PREFIXES = (PICTURE_PREFIX, EASEL_PREFIX)
SUGGESTION_PREFIX = f"{DOCUMENT_PREFIX}ask:"
"""Begins the data of a button that asks what is suggested below a summary."""
PAGE_PREFIX = f"{DOCUMENT_PREFIX}page:"
"""Begins the data of a button that shows a page."""
NAMED_PREFIXES = (*PICTURES_PREFIXES, DOCUMENT_PREFIX, VIDEO_PREFIX, EXAMPLE_PREFIX, f"{Press.TRY}:")
"""What asks or draws, as a message does: the buttons under what comes of it must be able to name it."""

HANDLED_KINDS = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "stopped_message_generation",
    "inline_query",
    "chosen_inline_result",
]
"""What Telegram is asked to send. A kind that no router handles would only cost."""


class Track(StrEnum):
    """Which stream carries an update."""

    UPDATES = "updates"
    CONTROL = "control"


@dataclass(frozen=True)
class Origin:
    """Where an update comes from. Zero where the update has no such thing."""

    kind: str
    chat_id: int
    thread_id: int
    user_id: int


def kind_of(update: RawUpdate) -> str:
    """The name of the update's one content field, "message" for instance."""
    return next((key for key in update if key != "update_id"), "")


def origin_of(update: RawUpdate) -> Origin:
    kind = kind_of(update)
    content: RawUpdate = update.get(kind) or {}
    message: RawUpdate = content.get("message") or content
    chat: RawUpdate = message.get("chat") or {}
    user: RawUpdate = content.get("from") or content.get("user") or {}
    # What is asked in any chat through inline mode is between the person and the bot.
    chat_id = chat.get("id") or user.get("id", 0)
    # In groups without topics Telegram puts a thread id on every reply; only topics are conversations.
    thread_id = message.get("message_thread_id", 0) if message.get("is_topic_message") else 0
    return Origin(kind, chat_id, thread_id, user.get("id", 0))


def turn_id_of(bot_id: int, update: RawUpdate) -> str:
    """Identifies the update for ever, the same for each time Telegram sends it.

    A message's id is its own, so that an edit and the buttons under its answer can name it. For the other
    kinds the update's number is not enough: Telegram draws a new random one after a quiet week, and another
    Bot API server may count from one again. So what the update is about goes in too.
    """
    kind = kind_of(update)
    content: RawUpdate = update.get(kind) or {}
    if kind == "message":
        return message_turn_id(bot_id, content)
    origin = origin_of(update)
    facts = (
        kind,
        origin.chat_id,
        origin.user_id,
        content.get("message_id"),
        content.get("id"),
        content.get("date"),
        content.get("edit_date"),
        content.get("draft_id"),
        content.get("result_id"),
        content.get("inline_message_id"),
    )
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()[:10]
    suffix = f"{update['update_id']}.{digest}"
    if kind == "edited_message" or _data_of(update).startswith(NAMED_PREFIXES):
        return turn_id_in_chat(bot_id, origin.chat_id, suffix)
    return f"{bot_id}.{suffix}"


def message_turn_id(bot_id: int, message: RawUpdate) -> str:
    """The turn of a message. Its date tells apart the servers that count messages from one."""
    return turn_id_in_chat(bot_id, message["chat"]["id"], f"{message['message_id']}.{message['date']}")


def turn_id_in_chat(bot_id: int, chat_id: int, suffix: str) -> str:
    """The turn that a button names by `turn_suffix`: the rest is known from where the button stands."""
    return f"{bot_id}.{chat_id}.{suffix}"


def turn_suffix(turn_id: str) -> str:
    """What of a message's turn id a button must carry: 64 bytes are little."""
    return ".".join(turn_id.split(".")[2:])


def conversation_id_of(bot_id: int, origin: Origin) -> str:
    return f"tg.{bot_id}.{origin.chat_id}.{origin.thread_id}"


def lane_of(bot_id: int, update: RawUpdate) -> str | None:
    """Whose order the update belongs into; None where it need not wait for anything.

    A person's questions in a conversation are answered one after the other. In a group those of different
    people are answered side by side, or the tenth of ten would wait for nine answers; but what they press
    under one answer is done one after the other. What is pressed in a chat's menus keeps its order, for the
    last press to win, and so does what is pressed under one picture. Pages are looked at in any order.
    """
    data = _data_of(update)
    if data.startswith(MENU_PREFIX):
        return f"{MENU_PREFIX} {origin_of(update).chat_id}"
    if data.startswith(DOCUMENT_PREFIX) and not data.startswith((SUGGESTION_PREFIX, PAGE_PREFIX)):
        return f"{DOCUMENT_PREFIX} {origin_of(update).chat_id}"
    if data.startswith(VIDEO_PREFIX):
        return f"{VIDEO_PREFIX} {origin_of(update).chat_id} {_pressed_message_id(update)}"
    if data.startswith(PICTURES_PREFIXES):
        return f"{PICTURE_PREFIX} {origin_of(update).chat_id} {_pressed_message_id(update)}"
    if not _waits_its_turn(update):
        return None
    origin = origin_of(update)
    conversation_id = conversation_id_of(bot_id, origin)
    if origin.chat_id > 0:
        return conversation_id
    press = parse_press(data)
    return f"{conversation_id} {press[1] if press else origin.user_id}"


def button_of(update: RawUpdate) -> tuple[object, ...]:
    """Which button under which answer or picture was pressed; empty for all else."""
    data = _data_of(update)
    if parse_press(data) is None and not data.startswith((*PICTURES_PREFIXES, DOCUMENT_PREFIX, VIDEO_PREFIX)):
        return ()
    return (origin_of(update).chat_id, _pressed_message_id(update), data)


def _waits_its_turn(update: RawUpdate) -> bool:
    """Only what asks the model waits."""
    if data := _data_of(update):
        press = parse_press(data)
        is_question = data.startswith((EXAMPLE_PREFIX, SUGGESTION_PREFIX))
        return is_question or (press is not None and press[0] in IN_ORDER)
    message: RawUpdate = update.get("message") or update.get("edited_message") or {}
    return bool(message) and not _command_in(message)


def track_of(update: RawUpdate) -> Track:
    """A wish to stop must overtake what it stops; all else keeps its order."""
    if "stopped_message_generation" in update:
        return Track.CONTROL
    if _data_of(update).startswith(STOP_PREFIX):
        return Track.CONTROL
    message: RawUpdate = update.get("message") or {}
    return Track.CONTROL if _command_in(message) == "/stop" else Track.UPDATES


def _command_in(message: RawUpdate) -> str:
    """The command that a message is, without the bot's name; what is forwarded is none."""
    text = "" if "forward_origin" in message else str(message.get("text", ""))
    return text.split("@")[0].split()[0] if text.startswith("/") else ""


def _pressed_message_id(update: RawUpdate) -> int | None:
    """The message under which a button was pressed."""
    query: RawUpdate = update.get("callback_query") or {}
    return (query.get("message") or {}).get("message_id")


def _data_of(update: RawUpdate) -> str:
    """The data of a pressed button; empty for all else."""
    query: RawUpdate = update.get("callback_query") or {}
    return str(query.get("data") or "")
