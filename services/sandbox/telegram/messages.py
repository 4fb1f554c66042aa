import time
from collections.abc import Sequence

from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.drafts import end_draft
from services.sandbox.telegram.markup import NO_MARKUP, Markup
from services.sandbox.telegram.members import signature
from services.sandbox.telegram.placement import Placement
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.formatting import FormattedText
from services.sandbox.telegram.wire import Json

_REPLY_DEPTH_FIELDS = ("reply_to_message", "quote")


def text_content(formatted: FormattedText) -> Json:
    content: Json = {"text": formatted.text}
    if formatted.entities:
        content["entities"] = formatted.entities
    return content


def add_message(sandbox: Sandbox, chat: Chat, sender: Json, content: Json, placement: Placement) -> Json:
    """Puts a message into a chat and shows it; returns it in the form of the Bot API."""
    message: Json = {
        "message_id": chat.counter.next(),
        **signature(chat, sender),
        "chat": chat.json,
        "date": int(time.time()),
    }
    if placement.thread_id:
        message["message_thread_id"] = placement.thread_id
        if chat.has_topics:
            message["is_topic_message"] = True
    if placement.reply_to is not None:
        message["reply_to_message"] = _without_reply(placement.reply_to)
    if placement.quote is not None:
        message["quote"] = placement.quote
    message.update(content)
    chat.messages[message["message_id"]] = message
    if len(chat.messages) > sandbox.settings.sandbox_messages_per_chat:
        chat.messages.popitem(last=False)
    sandbox.events.publish("message", chat.id, message=message)
    return message


def add_bot_message(
    sandbox: Sandbox, chat: Chat, content: Json, placement: Placement, markup: Markup = NO_MARKUP
) -> Json:
    """The bot speaks: its drafts and actions in that thread end, a reply keyboard changes."""
    if markup.inline:
        content = {**content, "reply_markup": markup.inline}
    message = add_message(sandbox, chat, sandbox.bot_json, content, placement)
    end_draft(sandbox, chat, placement.thread_id, "message")
    action = chat.actions.pop(placement.thread_id, None)
    if action is not None:
        action.expiry.cancel()
    if markup.keyboard is not None:
        chat.keyboard = _shown_keyboard(markup.keyboard, message)
    return message


def is_force_reply(keyboard: Json | None) -> bool:
    """Whether a message asks for a reply to itself, once."""
    return bool(keyboard and keyboard.get("force_reply"))


def _shown_keyboard(keyboard: Json, message: Json) -> Json | None:
    if keyboard.get("remove_keyboard"):
        return None
    return {**keyboard, "message_id": message["message_id"]} if is_force_reply(keyboard) else keyboard


def replace_message(sandbox: Sandbox, chat: Chat, message: Json) -> Json:
    """Shows a changed message in place of its former self."""
    chat.messages[message["message_id"]] = message
    sandbox.events.publish("edit", chat.id, message=message)
    return message


def delete_messages(sandbox: Sandbox, chat: Chat, message_ids: Sequence[int]) -> None:
    deleted = [message_id for message_id in message_ids if chat.messages.pop(message_id, None)]
    for message_id in deleted:
        chat.reactions.pop(message_id, None)
        if message_id in chat.pinned:
            chat.pinned.remove(message_id)
    if deleted:
        sandbox.events.publish("delete", chat.id, message_ids=deleted)


def _without_reply(message: Json) -> Json:
    if "reply_to_message" not in message:
        return message
    return {name: value for name, value in message.items() if name not in _REPLY_DEPTH_FIELDS}
