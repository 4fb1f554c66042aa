from typing import NamedTuple

from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.params import Params, as_integer
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.formatting import finish_text, read_text
from services.sandbox.telegram.text.utf16 import utf16_length
from services.sandbox.telegram.wire import Json


class Placement(NamedTuple):
    """Where in a chat a message goes: its thread and the message it answers."""

    thread_id: int = 0
    reply_to: Json | None = None
    quote: Json | None = None


def read_placement(sandbox: Sandbox, chat: Chat, params: Params) -> Placement:
    """Reads thread and reply of a call; raises ApiError where they do not exist."""
    thread_id = read_thread(chat, params)
    reply = params.object("reply_parameters", "reply parameters")
    if reply is None and params.has("reply_to_message_id"):
        allow = params.flag("allow_sending_without_reply")
        reply = {
            "message_id": params.integer("reply_to_message_id"),
            "allow_sending_without_reply": allow,
        }
    if reply is None:
        return Placement(thread_id)
    if "message_id" not in reply:
        raise bad_request('Can\'t find field "message_id"')
    message = chat.messages.get(as_integer(reply["message_id"]))
    if message is None:
        if reply.get("allow_sending_without_reply"):
            return Placement(thread_id)
        raise bad_request("message to be replied not found")
    thread_id = thread_id or int(message.get("message_thread_id", 0))
    return Placement(thread_id, message, read_quote(sandbox, message, reply))


def read_thread(chat: Chat, params: Params) -> int:
    """The thread of a call, 0 for the chat itself; raises ApiError where it does not exist."""
    thread_id = params.integer("message_thread_id")
    if thread_id == 0 or (chat.is_forum and thread_id == 1):
        return 0
    if thread_id in chat.topics:
        return thread_id
    if not chat.has_topics and not chat.is_private and thread_id in chat.messages:
        return thread_id
    raise bad_request("message thread not found")


def read_quote(sandbox: Sandbox, message: Json, reply: Json) -> Json | None:
    """The part of a message that `reply` quotes; raises ApiError where it is not in the message."""
    wanted = reply.get("quote")
    if not wanted:
        return None
    mode = str(reply.get("quote_parse_mode") or "")
    quote = finish_text(read_text(str(wanted), mode, reply.get("quote_entities"), sandbox.find_user_json))
    text = str(message.get("text") or message.get("caption", ""))
    index = text.find(quote.text)
    if index < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    json: Json = {"text": quote.text, "position": utf16_length(text[:index]), "is_manual": True}
    return json | ({"entities": quote.entities} if quote.entities else {})
