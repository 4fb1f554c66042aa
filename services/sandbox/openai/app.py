import json
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from services.sandbox.openai import audio, embeddings, models
from services.sandbox.openai.chat import ChatWire
from services.sandbox.openai.image_orders import Asked, read_edit, read_generation
from services.sandbox.openai.image_wire import OpenAIImageWire
from services.sandbox.openai.questions import from_chat, from_responses
from services.sandbox.openai.refusals import MISSING_KEY, Refused, invalid
from services.sandbox.openai.responses import ResponsesWire
from services.sandbox.openai.settings import OpenAISettings
from services.sandbox.vendor.control import Control
from services.sandbox.vendor.journal import Call
from services.sandbox.vendor.pacing import Pace
from services.sandbox.vendor.painting import paint
from services.sandbox.vendor.questions import Question
from services.sandbox.vendor.serving import answer
from services.sandbox.vendor.state import State
from services.sandbox.vendor.wire import Wire

MAX_BODY_BYTES = 32 * 1024 * 1024


def build(settings: OpenAISettings) -> web.Application:
    """Return the stand-in: the vendor's API under /v1, and what steers it under /control."""
    pace = Pace(
        settings.first_token_ms,
        settings.tokens_per_second,
        picture_seconds=settings.picture_seconds,
        picture_bytes=settings.picture_bytes,
    )
    state = State(pace)
    api = _Api(state)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_get("/v1/models", api.models)
    app.router.add_post("/v1/chat/completions", api.chat)
    app.router.add_post("/v1/audio/transcriptions", api.transcriptions)
    app.router.add_post("/v1/audio/speech", api.speech)
    app.router.add_post("/v1/embeddings", api.embeddings)
    app.router.add_post("/v1/images/generations", api.generations)
    app.router.add_post("/v1/images/edits", api.edits)
    if settings.responses_api:
        app.router.add_post("/v1/responses", api.responses)
    app.add_routes(Control(state).routes())
    return app


class _Api:
    def __init__(self, state: State) -> None:
        self._state = state

    async def models(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        return web.json_response(models.listing())

    async def responses(self, request: web.Request) -> web.StreamResponse:
        def wire(question: Question, call: Call) -> Wire:
            return ResponsesWire(call.n, question.model, int(call.started_at), question.max_tokens)

        return await self._answer(request, from_responses, wire)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        def wire(question: Question, call: Call) -> Wire:
            return ChatWire(call.n, question.model, int(call.started_at), wants_usage=question.wants_usage)

        return await self._answer(request, from_chat, wire)

    async def transcriptions(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        try:
            return await audio.transcribe(self._state, request)
        except Refused as refused:
            return refused.refusal.response()

    async def speech(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        try:
            return await audio.speak(self._state, request, await _body(request))
        except Refused as refused:
            return refused.refusal.response()

    async def embeddings(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        try:
            return await embeddings.create(self._state, request, await _body(request))
        except Refused as refused:
            return refused.refusal.response()

    async def generations(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        try:
            asked = read_generation(await _body(request))
        except Refused as refused:
            return refused.refusal.response()
        return await self._paint(request, asked)

    async def edits(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        try:
            asked = await read_edit(request)
        except Refused as refused:
            return refused.refusal.response()
        return await self._paint(request, asked)

    async def _paint(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        def wire(call: Call) -> OpenAIImageWire:
            return OpenAIImageWire(asked, int(call.started_at))

        return await paint(self._state, request, asked.order, wire)

    async def _answer(
        self,
        request: web.Request,
        read: Callable[[dict[str, Any]], Question],
        wire: Callable[[Question, Call], Wire],
    ) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        try:
            question = read(await _body(request))
            models.require(question.model, models.Task.TEXT)
        except Refused as refused:
            return refused.refusal.response()
        return await answer(self._state, request, question, partial(wire, question))


def _has_key(request: web.Request) -> bool:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and bool(key.strip())


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Refused(invalid("We could not parse the JSON body of your request.")) from error
    if not isinstance(body, dict):
        raise Refused(invalid("We could not parse the JSON body of your request."))
    return body
