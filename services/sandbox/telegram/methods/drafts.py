from collections.abc import Mapping
from typing import Final

from services.sandbox.telegram.access import find_writable_chat
from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.drafts import show_action, show_draft
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.limits import Family
from services.sandbox.telegram.messages import text_content
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.placement import read_thread
from services.sandbox.telegram.rich.input import read_rich_message
from services.sandbox.telegram.rich.media import with_files
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.formatting import FormattedText, finish_text, read_text
from services.sandbox.telegram.wire import Json

_ACTIONS: Final = frozenset(
    {"typing", "choose_sticker", "find_location"}
    | {f"upload_{what}" for what in ("photo", "video", "voice", "document", "video_note")}
    | {f"record_{what}" for what in ("video", "voice", "video_note")}
)


def send_message_draft(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#sendmessagedraft (an empty text shows that the bot is thinking)"""
    raw = read_text(
        params.text("text"),
        params.text("parse_mode"),
        params.json("entities", "message entities"),
        sandbox.find_user_json,
    )
    chat = _find_draft_chat(sandbox, params)
    thread_id = read_thread(chat, params)
    formatted = finish_text(raw, allow_empty=True) if raw.units else FormattedText("", [])
    return _show(sandbox, chat, thread_id, params, {"entities": [], **text_content(formatted)})


async def send_rich_message_draft(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#sendrichmessagedraft (files only by file_id: nothing is uploaded)"""
    rich_message = read_rich_message(params, is_draft=True)
    _find_draft_chat(sandbox, params)
    rich_message = await with_files(sandbox, Params(params.values), rich_message)
    chat = _find_draft_chat(sandbox, params)
    thread_id = read_thread(chat, params)
    return _show(sandbox, chat, thread_id, params, {"text": "", "entities": [], "rich_message": rich_message})


def send_chat_action(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#sendchataction"""
    action = params.text("action").lower()
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = find_writable_chat(sandbox, params)
    thread_id = read_thread(chat, params)
    sandbox.limiter.spend(Family.DRAFTS, chat)
    show_action(sandbox, chat, thread_id, action)
    return True


def _find_draft_chat(sandbox: Sandbox, params: Params) -> Chat:
    chat = find_writable_chat(sandbox, params)
    if not chat.is_private:
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    if params.integer("draft_id") == 0:
        raise bad_request("draft_id must be non-zero")
    return chat


def _show(sandbox: Sandbox, chat: Chat, thread_id: int, params: Params, content: Json) -> bool:
    sandbox.limiter.spend(Family.DRAFTS, chat)
    show_draft(
        sandbox,
        chat,
        thread_id,
        params.integer("draft_id"),
        content,
        can_stop=params.flag("can_stop"),
        keep_on_stop=params.flag("keep_on_stop"),
    )
    return True


METHODS: Final[Mapping[str, Handler]] = {
    "sendMessageDraft": send_message_draft,
    "sendRichMessageDraft": send_rich_message_draft,
    "sendChatAction": send_chat_action,
}
