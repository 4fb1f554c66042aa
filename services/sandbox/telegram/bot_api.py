import asyncio
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from services.sandbox.telegram.dispatch import Answer, Dispatcher, refusal
from services.sandbox.telegram.errors import ApiError, ConnectionCut
from services.sandbox.telegram.media.files import FileStore
from services.sandbox.telegram.methods.files import MAX_DOWNLOAD_BYTES
from services.sandbox.telegram.params import NO_UPLOADS
from services.sandbox.telegram.uploads import Upload
from services.sandbox.telegram.wire import Json, loads

_TOKEN: Final = re.compile(r"[1-9]\d{0,18}:[A-Za-z0-9_-]{10,80}\Z")


class BotApi:
    """The HTTP side of the Bot API: /bot<token>/<method>, parameters in any of Telegram's four forms."""

    def __init__(self, dispatcher: Dispatcher, files: FileStore, token: str) -> None:
        self._dispatcher = dispatcher
        self._files = files
        self._token = token

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refuse(request):
            return refused
        try:
            values, uploads = await read_call(request)
            answer = await self._dispatcher.call(request.match_info["method"], values, uploads)
        except ApiError as error:
            answer = refusal(error)
        except web.HTTPRequestEntityTooLarge:
            answer = refusal(ApiError(413, "Request Entity Too Large"))
        except ConnectionCut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        return _response(answer)

    async def handle_file(self, request: web.Request) -> web.StreamResponse:
        """The bytes behind a `file_path` of getFile."""
        if refused := self._refuse(request):
            return refused
        file = self._files.find_path(request.match_info["path"])
        if file is None or len(file.data) > MAX_DOWNLOAD_BYTES:
            return _response(refusal(ApiError(404, "Not Found")))
        return web.Response(body=file.data, content_type="application/octet-stream")

    def _refuse(self, request: web.Request) -> web.Response | None:
        token = request.match_info["token"]
        if not _TOKEN.match(token):
            return _response(refusal(ApiError(404, "Not Found")))
        if token != self._token:
            return _response(refusal(ApiError(401, "Unauthorized")))
        return None


async def read_call(request: web.Request) -> tuple[Json, Mapping[str, Upload]]:
    """The parameters from the query and the body, and the files of the body; raises ApiError."""
    values: Json = dict(request.query)
    if not request.body_exists:
        return values, NO_UPLOADS
    content_type = request.content_type
    if content_type == "application/json":
        return values | _json_object(await request.read()), NO_UPLOADS
    if content_type == "application/x-www-form-urlencoded":
        text = (await request.read()).decode(errors="replace")
        return values | dict(parse_qsl(text, keep_blank_values=True)), NO_UPLOADS
    if content_type != "multipart/form-data":
        return values, NO_UPLOADS
    uploads = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = await read_upload(value)
            values[name] = uploads[name].to_json()
        else:
            values[name] = value
    return values, uploads


async def read_upload(field: web.FileField) -> Upload:
    """A part of a form with all its bytes, which aiohttp keeps in a file of its own."""
    data = await asyncio.to_thread(field.file.read)
    return Upload(data, field.filename, field.content_type)


def _json_object(body: bytes) -> Json:
    try:
        value = loads(body) if body.strip() else {}
    except ValueError as error:
        raise ApiError(400, "Bad Request: can't parse JSON object") from error
    if not isinstance(value, dict):
        raise ApiError(400, "Bad Request: object expected as request body")
    return value


def _response(answer: Answer) -> web.Response:
    response = web.Response(status=answer.status, body=answer.body, content_type="application/json")
    if answer.retry_after_seconds:
        response.headers["Retry-After"] = str(answer.retry_after_seconds)
    return response
