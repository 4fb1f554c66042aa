import re
from collections.abc import Mapping
from typing import Final

from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.inline_queries import InlineAnswer, InlineQuery
from services.sandbox.telegram.inline_results import read_inline_results
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.links import require_https
from services.sandbox.telegram.wire import Json

_CACHE_SECONDS: Final = 300
_MAX_CACHE_SECONDS: Final = 86_400
_MAX_OFFSET_BYTES: Final = 64
_MAX_START_PARAMETER: Final = 64
_START_PARAMETER: Final = re.compile(r"[A-Za-z0-9_-]+\Z")


async def answer_inline_query(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#answerinlinequery (once, and while the query is fresh)"""
    results = await read_inline_results(sandbox, params)
    button = _button(params)
    query = _waiting(sandbox, params)
    next_offset = params.text("next_offset")
    if len(next_offset.encode()) > _MAX_OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    sandbox.inline_queries.remember(
        query,
        InlineAnswer(results, next_offset, button),
        cache_seconds=params.clamped("cache_time", _CACHE_SECONDS, 0, _MAX_CACHE_SECONDS),
        is_personal=params.flag("is_personal"),
    )
    sandbox.events.publish("inline_answer", None, user_id=query.user_id, **query.to_json())
    return True


def _waiting(sandbox: Sandbox, params: Params) -> InlineQuery:
    query = sandbox.inline_queries.find_waiting(params.text("inline_query_id"))
    if query is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    return query


def _button(params: Params) -> Json | None:
    given = params.object("button", "inline query results button")
    if given is None:
        return None
    if not isinstance(given.get("text"), str):
        raise bad_request("Can't parse inline query results button: Can't find field \"text\"")
    web_app = given.get("web_app")
    if (web_app is None) == ("start_parameter" not in given):
        raise bad_request("exactly one of the fields web_app and start_parameter must be used in the button")
    if web_app is not None:
        url = str(web_app.get("url", "")) if isinstance(web_app, dict) else ""
        require_https(url, "inline query results button Web App")
        return {"text": given["text"], "web_app": {"url": url}}
    return {"text": given["text"], "start_parameter": _start_parameter(str(given["start_parameter"]))}


def _start_parameter(value: str) -> str:
    if not value:
        raise bad_request("Can't use empty start_parameter")
    if len(value) > _MAX_START_PARAMETER:
        raise bad_request("Too long start_parameter specified")
    if not _START_PARAMETER.match(value):
        raise bad_request("Unallowed characters in start_parameter are used")
    return value


METHODS: Final[Mapping[str, Handler]] = {"answerInlineQuery": answer_inline_query}
