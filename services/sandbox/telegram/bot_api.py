import re
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from services.sandbox.telegram.dispatch import Answer, Dispatcher, refusal
from services.sandbox.telegram.errors import ApiError, ConnectionCut
from services.sandbox.telegram.wire import Json, loads

_TOKEN: Final = re.compile(r"[1-9]\d{0,18}:[A-Za-z0-9_-]{10,80}\Z")


class BotApi:
    """The HTTP side of the Bot API: /bot<token>/<method>, parameters in any of Telegram's four forms."""

    def __init__(self, dispatcher: Dispatcher, token: str) -> None:
        self._dispatcher = dispatcher
        self._token = token

    async def handle(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        if not _TOKEN.match(token):
            return _response(refusal(ApiError(404, "Not Found")))
        if token != self._token:
            return _response(refusal(ApiError(401, "Unauthorized")))
        try:
            values = await read_values(request)
            answer = await self._dispatcher.call(request.match_info["method"], values)
        except ApiError as error:
            answer = refusal(error)
        except ConnectionCut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        return _response(answer)

    async def handle_file(self, _: web.Request) -> web.StreamResponse:
        """No file can be sent yet, so every path is unknown."""
        return _response(refusal(ApiError(404, "Not Found")))


async def read_values(request: web.Request) -> Json:
    """The parameters from the query and the body; raises ApiError where the body is not understood."""
    values: Json = dict(request.query)
    if not request.body_exists:
        return values
    content_type = request.content_type
    if content_type == "application/json":
        return values | _json_object(await request.read())
    if content_type == "application/x-www-form-urlencoded":
        text = (await request.read()).decode(errors="replace")
        return values | dict(parse_qsl(text, keep_blank_values=True))
    if content_type == "multipart/form-data":
        return values | {name: _form_value(value) for name, value in (await request.post()).items()}
    return values


def _json_object(body: bytes) -> Json:
    try:
        value = loads(body) if body.strip() else {}
    except ValueError as error:
        raise ApiError(400, "Bad Request: can't parse JSON object") from error
    if not isinstance(value, dict):
        raise ApiError(400, "Bad Request: object expected as request body")
    return value


def _form_value(value: Any) -> Any:
    return {"file_name": value.filename} if isinstance(value, web.FileField) else value


def _response(answer: Answer) -> web.Response:
    response = web.Response(status=answer.status, body=answer.body, content_type="application/json")
    if answer.retry_after_seconds:
        response.headers["Retry-After"] = str(answer.retry_after_seconds)
    return response
