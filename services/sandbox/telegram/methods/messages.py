import time
from collections.abc import Mapping
from typing import Final, Literal

from services.sandbox.telegram.access import find_chat, find_writable_chat
from services.sandbox.telegram.chats import Chat, MemberStatus
from services.sandbox.telegram.content import content_of, has_media
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.edits import apply_edit, find_own_message, without_uploads
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.limits import Family
from services.sandbox.telegram.link_preview import read_link_preview
from services.sandbox.telegram.markup import read_markup
from services.sandbox.telegram.messages import (
    add_bot_message,
    delete_messages,
    text_content,
)
from services.sandbox.telegram.params import Params, as_integer
from services.sandbox.telegram.placement import read_placement
from services.sandbox.telegram.rich.input import read_rich_message
from services.sandbox.telegram.rich.media import with_files
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.formatting import RawText, finish_text, read_text
from services.sandbox.telegram.wire import Json

_MAX_DELETED: Final = 100
_DELETE_WINDOW_SECONDS: Final = 48 * 3600


def read_message_text(sandbox: Sandbox, params: Params) -> RawText:
    """The text of a call with its marking; raises ApiError where it is empty or does not parse."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    return read_text(
        params.text("text"),
        params.text("parse_mode"),
        params.json("entities", "message entities"),
        sandbox.find_user_json,
    )


def send_message(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#sendmessage"""
    raw = read_message_text(sandbox, params)
    preview = read_link_preview(params)
    markup = read_markup(params)
    chat = find_writable_chat(sandbox, params)
    placement = read_placement(sandbox, chat, params)
    content = text_content(finish_text(raw)) | preview
    if params.flag("protect_content"):
        content["has_protected_content"] = True
    sandbox.limiter.spend(Family.MESSAGES, chat)
    return add_bot_message(sandbox, chat, content, placement, markup)


async def edit_message_text(sandbox: Sandbox, params: Params) -> Json | Literal[True]:
    """https://core.telegram.org/bots/api#editmessagetext"""
    if params.has("rich_message"):
        rich_message = read_rich_message(params)
        markup = read_markup(params)
        call = without_uploads(find_own_message(sandbox, params), params)
        content: Json = {"rich_message": await with_files(sandbox, call, rich_message)}
        edited = find_own_message(sandbox, params)
    else:
        raw = read_message_text(sandbox, params)
        preview = read_link_preview(params)
        markup = read_markup(params)
        edited = find_own_message(sandbox, params)
        content = text_content(finish_text(raw)) | preview
    if has_media(edited.message):
        raise bad_request("there is no text in the message to edit")
    return apply_edit(sandbox, edited, content, markup)


def edit_message_reply_markup(sandbox: Sandbox, params: Params) -> Json | Literal[True]:
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""
    markup = read_markup(params)
    edited = find_own_message(sandbox, params)
    return apply_edit(sandbox, edited, content_of(edited.message), markup)


def delete_message(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deletemessage"""
    chat = find_chat(sandbox, params)
    message_id = params.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to delete not found")
    if not _may_delete(sandbox, chat, message):
        raise bad_request("message can't be deleted for everyone")
    delete_messages(sandbox, chat, [message_id])
    return True


def delete_several_messages(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deletemessages (unknown ids are skipped)"""
    chat = find_chat(sandbox, params)
    message_ids = params.json("message_ids", "message identifiers")
    if not isinstance(message_ids, list) or not message_ids:
        raise bad_request("message identifiers are not specified")
    if len(message_ids) > _MAX_DELETED:
        raise bad_request("too many message identifiers specified")
    found = [chat.messages[id_] for id_ in map(as_integer, message_ids) if id_ in chat.messages]
    if not all(_may_delete(sandbox, chat, message) for message in found):
        raise bad_request("message can't be deleted for everyone")
    delete_messages(sandbox, chat, [message["message_id"] for message in found])
    return True


def _may_delete(sandbox: Sandbox, chat: Chat, message: Json) -> bool:
    is_old = time.time() - message["date"] > _DELETE_WINDOW_SECONDS
    if sandbox.bot_status(chat) is MemberStatus.ADMINISTRATOR:
        return True
    return not is_old and (chat.is_private or message["from"]["id"] == sandbox.bot.id)


METHODS: Final[Mapping[str, Handler]] = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_several_messages,
}
