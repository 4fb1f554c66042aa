from typing import Final

from aiohttp import web

from services.sandbox.telegram.chats import Chat, ChatKind
from services.sandbox.telegram.control.request import SANDBOX, Body, answer, read_body
from services.sandbox.telegram.control.speaking import deliver, find_speaker, read_place
from services.sandbox.telegram.errors import ControlError
from services.sandbox.telegram.inline_queries import InlineQuery, InlineResult
from services.sandbox.telegram.people import User
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

_MAX_QUERY: Final = 256


async def ask(request: web.Request) -> web.Response:
    """A user types `@bot query` in some chat; an answer that may be repeated comes at once."""
    sandbox, body = request.app[SANDBOX], await read_body(request)
    if not sandbox.settings.sandbox_inline_enabled:
        raise ControlError("inline mode is off (SANDBOX_INLINE_ENABLED)", 409)
    user, chat = find_speaker(sandbox, body)
    text = body.text("query", "")
    if len(text) > _MAX_QUERY:
        raise ControlError(f"an inline query has at most {_MAX_QUERY} characters")
    query = sandbox.inline_queries.ask(user.id, text, body.text("offset", ""))
    update_id = None
    if query.answer is None:
        payload: Json = {
            "id": query.id,
            "from": user.to_json(),
            "query": text,
            "offset": query.offset,
            "chat_type": body.text("chat_type", "") or _chat_type(chat),
        }
        update_id = sandbox.updates.add("inline_query", payload, user.id)
    return answer(query.to_json() | {"update_id": update_id})


async def look_at_query(request: web.Request) -> web.Response:
    return answer(_query(request.app[SANDBOX], request.match_info["query_id"]).to_json())


async def choose(request: web.Request) -> web.Response:
    """A user sends a result into a chat, be the bot in it or not.

    The bot learns of it where inline feedback is on, and can edit the message where it has buttons:
    https://core.telegram.org/bots/inline#collecting-feedback
    """
    sandbox, body = request.app[SANDBOX], await read_body(request)
    user, chat = find_speaker(sandbox, body)
    query, result = _chosen(sandbox, body, user)
    content = {"via_bot": sandbox.bot_json, **result.content}
    if result.keyboard:
        content["reply_markup"] = result.keyboard
    said = deliver(sandbox, user, chat, [(content, read_place(sandbox, chat, body))])
    inline_message_id = None
    if result.keyboard:
        inline_message_id = sandbox.inline_messages.add(chat.id, said["message"]["message_id"])
    update_id = _feed_back(sandbox, user, query, result, inline_message_id)
    return answer(said | {"inline_message_id": inline_message_id, "chosen_update_id": update_id})


def _feed_back(
    sandbox: Sandbox, user: User, query: InlineQuery, result: InlineResult, inline_message_id: str | None
) -> int | None:
    if not sandbox.settings.sandbox_inline_feedback:
        return None
    payload: Json = {"result_id": result.id, "from": user.to_json(), "query": query.text}
    if inline_message_id:
        payload["inline_message_id"] = inline_message_id
    return sandbox.updates.add("chosen_inline_result", payload, user.id)


def _chosen(sandbox: Sandbox, body: Body, user: User) -> tuple[InlineQuery, InlineResult]:
    query = _query(sandbox, body.text("inline_query_id"))
    result = query.answer.results.get(body.text("result_id")) if query.answer else None
    if result is None or query.user_id != user.id:
        raise ControlError("the user was offered no such result", 404)
    return query, result


def _query(sandbox: Sandbox, query_id: str) -> InlineQuery:
    query = sandbox.inline_queries.find(query_id)
    if query is None:
        raise ControlError("there is no such inline query", 404)
    return query


def _chat_type(chat: Chat) -> str:
    if chat.is_private:
        return "sender"
    return "private" if chat.kind is ChatKind.DIALOGUE else chat.kind.value


ROUTES: Final = (
    web.post("/control/inline_queries", ask),
    web.get("/control/inline_queries/{query_id}", look_at_query),
    web.post("/control/chosen_inline_results", choose),
)
