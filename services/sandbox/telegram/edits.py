import time
from typing import Final, Literal, NamedTuple

from services.sandbox.telegram.access import find_writable_chat
from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.content import CONTENT_FIELDS, content_of
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.limits import Family
from services.sandbox.telegram.markup import Markup
from services.sandbox.telegram.messages import replace_message
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


class EditedMessage(NamedTuple):
    """A message that a call changes, and the id by which the bot knows it, if it was sent inline."""

    chat: Chat
    message: Json
    inline_message_id: str = ""


def find_own_message(sandbox: Sandbox, params: Params) -> EditedMessage:
    """The bot's message a call changes; raises ApiError where there is none or it is not the bot's."""
    if not params.has("chat_id") and not params.has("message_id"):
        return _find_inline_message(sandbox, params.text("inline_message_id"))
    chat = find_writable_chat(sandbox, params)
    message_id = params.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != sandbox.bot.id or not content_of(message):
        raise bad_request("message can't be edited")
    return EditedMessage(chat, message)


def without_uploads(edited: EditedMessage, call: Params) -> Params:
    """The call as far as it may bring files: into an inline message none are uploaded."""
    return Params(call.values) if edited.inline_message_id else call


def apply_edit(
    sandbox: Sandbox, edited: EditedMessage, content: Json, markup: Markup
) -> Json | Literal[True]:
    """Replaces content and inline keyboard; raises ApiError where nothing changes or too much was sent.

    Returns what the Bot API answers: the message, or true for one that was sent inline.
    """
    chat, message, inline_message_id = edited
    if markup.keyboard is not None:
        raise bad_request("Inline keyboard expected")
    if inline_message_id:
        sandbox.limiter.spend_inline(inline_message_id)
    else:
        sandbox.limiter.spend(Family.MESSAGES, chat)
    if markup.inline:
        content = {**content, "reply_markup": markup.inline}
    current = {name: message[name] for name in (*CONTENT_FIELDS, "reply_markup") if name in message}
    if content == current:
        raise bad_request(_NOT_MODIFIED)
    kept = {name: value for name, value in message.items() if name not in current}
    changed = replace_message(sandbox, chat, {**kept, "edit_date": int(time.time()), **content})
    return True if inline_message_id else changed


def _find_inline_message(sandbox: Sandbox, inline_message_id: str) -> EditedMessage:
    if not inline_message_id:
        raise bad_request("message identifier is not specified")
    chat_id, message_id = sandbox.inline_messages.find_place(inline_message_id) or (0, 0)
    chat = sandbox.chats.get(chat_id)
    message = chat.messages.get(message_id) if chat else None
    if chat is None or message is None:
        raise bad_request("MESSAGE_ID_INVALID")
    return EditedMessage(chat, message, inline_message_id)
