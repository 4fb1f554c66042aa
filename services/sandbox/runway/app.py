import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from services.sandbox.runway import orders
from services.sandbox.runway.control import Control
from services.sandbox.runway.refusals import (
    MISSING_KEY,
    MISSING_VERSION,
    NOT_FOUND,
    REFUSALS,
    Refused,
    invalid,
)
from services.sandbox.runway.settings import RunwaySettings
from services.sandbox.runway.state import State
from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.film_files import Films
from services.sandbox.vendor.film_tasks import Status, Task, Tasks

VERSION: Final = "2024-11-06"
MAX_BODY_BYTES: Final = 32 * 1024 * 1024
KINDS: Final = ("text_to_video", "image_to_video")
CREDITS: Final = 1_000_000
MARK: Final = "sandbox · Runway"
HUMAN_FAILURE: Final = "The task failed."


def build(settings: RunwaySettings) -> web.Application:
    """Return the stand-in: the vendor's API under /v1, films under /files, and /control."""
    folder = settings.folder
    tasks = Tasks(folder, concurrency=settings.concurrency)
    state = State(tasks, Films(folder, mark=MARK), settings.film_seconds, settings.url_seconds, time.time)
    api = _Api(state)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    for kind in KINDS:
        app.router.add_post(f"/v1/{kind}", api.create)
    app.router.add_get("/v1/tasks/{task_id}", api.retrieve)
    app.router.add_delete("/v1/tasks/{task_id}", api.cancel)
    app.router.add_get("/v1/organization", api.organization)
    app.router.add_get("/files/{name}", api.download)
    app.add_routes(Control(state).routes())
    return app


class _Api:
    def __init__(self, state: State) -> None:
        self._state = state

    async def create(self, request: web.Request) -> web.StreamResponse:
        try:
            _authorize(request)
            body = await _body(request)
            prompt, model = str(body.get("promptText", "")), str(body.get("model"))
            fault = self._state.faults.take(prompt, model)
            kind = fault.kind if fault else None
            if fault and kind in REFUSALS:
                return REFUSALS[kind].response(retry_after_seconds=fault.retry_after_seconds)
            order = orders.read(
                request.path.rpartition("/")[2], body, film_seconds=self._state.film_seconds, fault=fault
            )
        except Refused as refused:
            return refused.refusal.response()
        task = self._state.tasks.create(order)
        if kind is FaultKind.HANG:
            await asyncio.Event().wait()
        if kind is FaultKind.CUT_MID_STREAM and request.transport is not None:
            # The task is there, and nobody is told so.
            request.transport.abort()
        return web.json_response({"id": task.task_id, "estimatedCost": {"credits": order.credits}})

    async def retrieve(self, request: web.Request) -> web.StreamResponse:
        try:
            _authorize(request)
        except Refused as refused:
            return refused.refusal.response()
        fault = self._state.faults.take_only("tasks")
        if fault and fault.kind in REFUSALS:
            return REFUSALS[fault.kind].response(retry_after_seconds=fault.retry_after_seconds)
        task = self._state.tasks.find(request.match_info["task_id"])
        if task is None:
            return NOT_FOUND.response()
        return web.json_response(self._described(task, f"{request.scheme}://{request.host}"))

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        try:
            _authorize(request)
        except Refused as refused:
            return refused.refusal.response()
        if not self._state.tasks.cancel(request.match_info["task_id"]):
            return NOT_FOUND.response()
        return web.Response(status=204)

    async def organization(self, request: web.Request) -> web.StreamResponse:
        try:
            _authorize(request)
        except Refused as refused:
            return refused.refusal.response()
        models = {name: {"maxConcurrentGenerations": self._state.tasks.concurrency} for name in orders.MODELS}
        tier = {"maxMonthlyCreditSpend": CREDITS, "models": models}
        return web.json_response({"creditBalance": CREDITS, "tier": tier, "usage": {"models": {}}})

    async def download(self, request: web.Request) -> web.StreamResponse:
        name, query = request.match_info["name"], request.query
        if not self._state.films.admits(
            name, query.get("_expires", ""), query.get("_sig", ""), self._state.now()
        ):
            return web.Response(status=403, text="Request has expired")
        task = self._state.tasks.find(name.removesuffix(".mp4"))
        if task is None or task.status(self._state.now()) is not Status.SUCCEEDED:
            return web.Response(status=404)
        return web.Response(body=await self._state.films.of(task), content_type="video/mp4")

    def _described(self, task: Task, base: str) -> dict[str, Any]:
        now = self._state.now()
        status = task.status(now)
        created_at = datetime.fromtimestamp(task.created_at, UTC).isoformat().replace("+00:00", "Z")
        body: dict[str, Any] = {"id": task.task_id, "createdAt": created_at, "status": status}
        match status:
            case Status.RUNNING:
                return body | {
                    "progress": round(task.progress(now), 2),
                    "estimatedCost": {"credits": task.order.credits},
                }
            case Status.SUCCEEDED:
                address = self._state.films.address(base, task, now + self._state.url_seconds)
                return body | {"output": [address], "cost": {"credits": int(task.order.credits)}}
            case Status.FAILED:
                body |= {"failure": HUMAN_FAILURE, "cost": {"credits": 0}}
                return body | ({"failureCode": task.order.failure_code} if task.order.failure_code else {})
            case Status.CANCELLED:
                # What was begun is paid for.
                is_free = task.started_at is None or task.order.failure_code is not None
                return body | {"cost": {"credits": 0 if is_free else int(task.order.credits)}}
            case _:
                return body | {"estimatedCost": {"credits": task.order.credits}}


def _authorize(request: web.Request) -> None:
    """Raises Refused."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key.strip():
        raise Refused(MISSING_KEY)
    if request.headers.get("X-Runway-Version") != VERSION:
        raise Refused(MISSING_VERSION)


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Refused(invalid("", "Invalid JSON.")) from error
    if not isinstance(body, dict):
        raise Refused(invalid("", "Expected object."))
    return body
