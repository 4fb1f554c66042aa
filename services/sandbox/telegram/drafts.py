import asyncio
from typing import Final

from services.sandbox.telegram.chats import Action, Chat, Draft
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_MAX_STOPPED_KEPT: Final = 1000


def show_draft(
    sandbox: Sandbox,
    chat: Chat,
    thread_id: int,
    draft_id: int,
    content: Json,
    *,
    can_stop: bool = False,
    keep_on_stop: bool = False,
) -> None:
    """Shows a draft in place of the thread's former one; a draft the user has stopped stays as it is."""
    if chat.stopped_drafts.get(draft_id) == thread_id:
        return
    former = chat.drafts.get(thread_id)
    if former is not None:
        former.expiry.cancel()
    loop = asyncio.get_running_loop()
    expiry = loop.call_later(
        sandbox.settings.sandbox_draft_seconds, end_draft, sandbox, chat, thread_id, "expired"
    )
    draft = Draft(draft_id, thread_id, content, can_stop, keep_on_stop, expiry)
    chat.drafts[thread_id] = draft
    sandbox.events.publish("draft", chat.id, draft=draft.to_json())


def end_draft(sandbox: Sandbox, chat: Chat, thread_id: int, reason: str) -> None:
    """Takes a thread's draft away, if there is one: expired, stopped or followed by a message."""
    draft = chat.drafts.pop(thread_id, None)
    if draft is None:
        return
    draft.expiry.cancel()
    thread = thread_id or None
    sandbox.events.publish("draft_end", chat.id, draft_id=draft.id, thread=thread, reason=reason)


def stop_draft(sandbox: Sandbox, chat: Chat, draft: Draft) -> int | None:
    """The user presses Stop: the bot is told, later frames of this draft are not shown."""
    draft.stopped = True
    chat.stopped_drafts[draft.id] = draft.thread_id
    if len(chat.stopped_drafts) > _MAX_STOPPED_KEPT:
        del chat.stopped_drafts[next(iter(chat.stopped_drafts))]
    if draft.keep_on_stop:
        sandbox.events.publish("draft", chat.id, draft=draft.to_json())
    else:
        end_draft(sandbox, chat, draft.thread_id, "stopped")
    payload: Json = {"chat": chat.json, "draft_id": draft.id}
    if draft.thread_id:
        payload["message_thread_id"] = draft.thread_id
    return sandbox.updates.add("stopped_message_generation", payload, chat.id)


def show_action(sandbox: Sandbox, chat: Chat, thread_id: int, name: str) -> None:
    """Shows a chat action for a few seconds, or until the bot speaks."""
    former = chat.actions.get(thread_id)
    if former is not None:
        former.expiry.cancel()
    loop = asyncio.get_running_loop()
    expiry = loop.call_later(sandbox.settings.sandbox_action_seconds, chat.actions.pop, thread_id, None)
    chat.actions[thread_id] = Action(name, expiry)
    sandbox.events.publish("action", chat.id, action=name, thread=thread_id or None)
