import json
from typing import Any, Final

from aiohttp import web

from services.sandbox.google import audio, embeddings, image_orders, models, questions
from services.sandbox.google.image_wire import GoogleImageWire
from services.sandbox.google.interactions import Interactions
from services.sandbox.google.models import Task
from services.sandbox.google.refusals import MISSING_KEY, Refusal, Refused, invalid
from services.sandbox.google.settings import GoogleSettings
from services.sandbox.google.wire import GoogleWire
from services.sandbox.vendor.control import Control
from services.sandbox.vendor.film_files import Films
from services.sandbox.vendor.film_tasks import Tasks
from services.sandbox.vendor.pacing import Pace
from services.sandbox.vendor.painting import paint
from services.sandbox.vendor.serving import answer
from services.sandbox.vendor.state import State

# What the vendor takes with inline pictures and sounds: https://ai.google.dev/gemini-api/docs/files
MAX_BODY_BYTES: Final = 100 * 1024 * 1024
METHODS: Final = {"generateContent": False, "streamGenerateContent": True}
FILMS_AT_ONCE: Final = 20
MARK: Final = "sandbox · Google"
VERSION: Final = "/{version:v1|v1beta}"


def build(settings: GoogleSettings) -> web.Application:
    """Return the stand-in: the vendor's API under /v1 and /v1beta, and what steers it under /control."""
    pace = Pace(
        settings.first_token_ms,
        settings.tokens_per_second,
        picture_seconds=settings.picture_seconds,
        picture_bytes=settings.picture_bytes,
    )
    state = State(pace)
    api = _Api(state)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_get(f"{VERSION}/models", api.models)
    app.router.add_get(f"{VERSION}/models/{{model}}", api.model)
    app.router.add_post(f"{VERSION}/models/{{call}}", api.call)
    folder = settings.folder
    films = Films(folder, mark=MARK)
    tasks = Tasks(folder, concurrency=FILMS_AT_ONCE)
    interactions = Interactions(tasks, films, state.faults, film_seconds=settings.film_seconds)
    app.add_routes(interactions.routes(VERSION))
    app.add_routes(Control(state).routes())
    return app


class _Api:
    def __init__(self, state: State) -> None:
        self._state = state

    async def models(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        return web.json_response(models.listing())

    async def model(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        model = models.find(request.match_info["model"])
        if model is None:
            return _unknown(request, request.match_info["model"]).response()
        return web.json_response(models.entry(model))

    async def call(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return MISSING_KEY.response()
        model_id, _, method = request.match_info["call"].partition(":")
        model = models.find(model_id)
        if model is not None and model.task is Task.EMBEDDING and method in embeddings.METHODS:
            return await self._embed(request, model_id, method)
        is_stream = METHODS.get(method)
        if model is None or model.task in (Task.EMBEDDING, Task.VIDEO) or is_stream is None:
            return _unknown(request, model_id).response()
        if is_stream and request.query.get("alt") != "sse":
            return invalid("The stand-in streams with alt=sse only.").response()
        try:
            body = questions.camel_cased(await _body(request))
            if model.task is Task.IMAGE:
                order = await image_orders.read(model_id, body, is_stream=is_stream)
                return await paint(self._state, request, order, lambda call: GoogleImageWire(call.n, order))
            if model.task is not Task.TEXT:
                return await audio.answer(self._state, request, model_id, model.task, body)
            question = questions.read(model_id, body, is_stream=is_stream)
        except Refused as refused:
            return refused.refusal.response()
        return await answer(self._state, request, question, lambda call: GoogleWire(call.n, question))

    async def _embed(self, request: web.Request, model_id: str, method: str) -> web.StreamResponse:
        try:
            body = questions.camel_cased(await _body(request))
            return await embeddings.answer(self._state, request, model_id, method, body)
        except Refused as refused:
            return refused.refusal.response()


def _has_key(request: web.Request) -> bool:
    return bool((request.headers.get("x-goog-api-key") or request.query.get("key") or "").strip())


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Refused(invalid("Invalid JSON payload received. Parsing terminated.")) from error
    except web.HTTPRequestEntityTooLarge as error:
        too_large = f"Request payload size exceeds the limit: {MAX_BODY_BYTES} bytes."
        raise Refused(invalid(too_large)) from error
    if not isinstance(body, dict):
        raise Refused(invalid("Invalid JSON payload received. Expected an object."))
    return body


def _unknown(request: web.Request, model_id: str) -> Refusal:
    version = request.match_info["version"]
    return Refusal(
        404,
        "NOT_FOUND",
        f"models/{model_id} is not found for API version {version}, or is not supported for generateContent. "
        "Call ModelService.ListModels to see the list of available models and their supported methods.",
    )
