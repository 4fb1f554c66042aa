import time
from typing import Final

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


def find_own_message(sandbox: Sandbox, params: Params) -> tuple[Chat, Json]:
    """The bot's message a call changes; raises ApiError where there is none or it is not the bot's."""
    if not params.has("chat_id") and not params.has("message_id"):
        raise bad_request("message identifier is not specified")
    chat = find_writable_chat(sandbox, params)
    message_id = params.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != sandbox.bot.id or not content_of(message):
        raise bad_request("message can't be edited")
    return chat, message


def apply_edit(sandbox: Sandbox, chat: Chat, message: Json, content: Json, markup: Markup) -> Json:
    """Replaces content and inline keyboard; raises ApiError where nothing changes or too much was sent."""
    sandbox.limiter.spend(Family.MESSAGES, chat)
    if markup.inline:
        content = {**content, "reply_markup": markup.inline}
    current = {name: message[name] for name in (*CONTENT_FIELDS, "reply_markup") if name in message}
    if content == current:
        raise bad_request(_NOT_MODIFIED)
    kept = {name: value for name, value in message.items() if name not in current}
    return replace_message(sandbox, chat, {**kept, "edit_date": int(time.time()), **content})
