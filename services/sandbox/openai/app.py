import json
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from services.sandbox.openai import models
from services.sandbox.openai.chat import ChatWire
from services.sandbox.openai.questions import Refused, from_chat, from_responses
from services.sandbox.openai.refusals import INVALID, MISSING_KEY, Refusal, invalid
from services.sandbox.openai.responses import ResponsesWire
from services.sandbox.openai.settings import OpenAISettings
from services.sandbox.vendor.control import Control
from services.sandbox.vendor.journal import Call
from services.sandbox.vendor.pacing import Pace
from services.sandbox.vendor.questions import Question
from services.sandbox.vendor.serving import answer
from services.sandbox.vendor.state import State
from services.sandbox.vendor.wire import Wire

MAX_BODY_BYTES = 32 * 1024 * 1024


def build(settings: OpenAISettings) -> web.Application:
    """Return the stand-in: the vendor's API under /v1, and what steers it under /control."""
    state = State(Pace(settings.first_token_ms, settings.tokens_per_second))
    api = _Api(state)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_get("/v1/models", api.models)
    app.router.add_post("/v1/chat/completions", api.chat)
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
            if not models.is_known(question.model):
                raise Refused(_unknown_model(question.model))
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


def _unknown_model(model: str) -> Refusal:
    message = f"The model `{model}` does not exist or you do not have access to it."
    return Refusal(404, INVALID, "model_not_found", message, "model")
