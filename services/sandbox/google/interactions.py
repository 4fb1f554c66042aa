import asyncio
import base64
import binascii
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from services.sandbox.google import models
from services.sandbox.google.models import Task as Purpose
from services.sandbox.google.refusals import MISSING_KEY, Refusal, Refused, invalid, refusal
from services.sandbox.vendor import pictures
from services.sandbox.vendor.faults import FaultKind, Faults
from services.sandbox.vendor.film_files import Films
from services.sandbox.vendor.film_tasks import Order, Status, Task, Tasks

RATIOS: Final = {"16:9": "1280:720", "9:16": "720:1280"}
SECONDS: Final = re.compile(r"(\d+)(?:\.0+)?s")
SHORTEST_SECONDS: Final = 3
LONGEST_SECONDS: Final = 15
# Of 720p: 57,920 for 10 s.
TOKENS_PER_SECOND: Final = 5_792
STATUSES: Final = {
    Status.PENDING: "queued",
    Status.THROTTLED: "queued",
    Status.RUNNING: "in_progress",
    Status.SUCCEEDED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}
# How interactions fail: at once, or after all of their time.
FAILURES_AT_ONCE: Final = {FaultKind.MODERATION: "SAFETY"}
FAILURES_LATE: Final = {FaultKind.MODERATION_OUTPUT: "VIDEO_SAFETY", FaultKind.FAILED_EVENT: "INTERNAL"}
NOT_FOUND: Final = Refusal(404, "NOT_FOUND", "The interaction was not found.")


class PaceOrder(BaseModel):
    """The body of PUT /control/films."""

    model_config = ConfigDict(extra="forbid")

    film_seconds: float = Field(20.0, ge=0)


class Interactions:
    """Films by Google's Interactions API, made in the background.

    https://ai.google.dev/gemini-api/docs/interactions
    """

    def __init__(self, tasks: Tasks, films: Films, faults: Faults, *, film_seconds: float) -> None:
        self._tasks = tasks
        self._films = films
        self._faults = faults
        self._film_seconds = film_seconds

    def routes(self, version: str) -> Sequence[web.RouteDef]:
        return [
            web.post(f"{version}/interactions", self._create),
            web.get(f"{version}/interactions/{{id}}", self._get),
            web.post(f"{version}/interactions/{{id}}/cancel", self._cancel),
            web.get(f"{version}/files/{{name}}", self._download),
            web.put("/control/films", self._set_pace),
            web.get("/control/films", self._listed),
        ]

    async def _create(self, request: web.Request) -> web.StreamResponse:
        try:
            _authorize(request)
            body = await request.json()
            words = _words(body)
            fault = self._faults.take(words, str(body.get("model")))
            refused = refusal(fault) if fault else None
            if refused is not None and fault is not None:
                return refused.response(fault.retry_after_seconds)
            kind = fault.kind if fault else None
            order = self._order(body, words, kind)
        except Refused as error:
            return error.refusal.response()
        except ValueError:
            return invalid("Invalid JSON payload received.").response()
        task = self._tasks.create(order)
        if kind is FaultKind.HANG:
            await asyncio.Event().wait()
        if kind is FaultKind.CUT_MID_STREAM and request.transport is not None:
            # The interaction is there, and nobody is told so.
            request.transport.abort()
        return web.json_response(self._described(request, task))

    async def _get(self, request: web.Request) -> web.StreamResponse:
        try:
            _authorize(request)
            fault = self._faults.take_only("tasks")
            refused = refusal(fault) if fault else None
            if refused is not None and fault is not None:
                return refused.response(fault.retry_after_seconds)
            return web.json_response(self._described(request, self._found(request)))
        except Refused as error:
            return error.refusal.response()

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        try:
            _authorize(request)
            task = self._found(request)
            if task.ended_at is not None:
                raise Refused(invalid("The interaction has ended and cannot be cancelled."))
            self._tasks.cancel(task.task_id)
            return web.json_response(self._described(request, self._found(request)))
        except Refused as error:
            return error.refusal.response()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            _authorize(request)
        except Refused as error:
            return error.refusal.response()
        name = request.match_info["name"].removesuffix(":download")
        task = self._tasks.find(name)
        if task is None or task.status(time.time()) is not Status.SUCCEEDED:
            return NOT_FOUND.response()
        return web.Response(body=await self._films.of(task), content_type="video/mp4")

    async def _set_pace(self, request: web.Request) -> web.Response:
        self._film_seconds = PaceOrder.model_validate_json(await request.read()).film_seconds
        return web.Response(status=204)

    async def _listed(self, _request: web.Request) -> web.Response:
        now = time.time()
        return web.json_response(
            [
                {
                    "id": task.task_id,
                    "prompt": task.order.prompt,
                    "ratio": task.order.ratio,
                    "duration": task.order.duration,
                    "status": task.status(now),
                    "kind": task.order.kind,
                }
                for task in self._tasks.all()
            ]
        )

    def _found(self, request: web.Request) -> Task:
        task = self._tasks.find(request.match_info["id"])
        if task is None:
            raise Refused(NOT_FOUND)
        return task

    def _order(self, body: Mapping[str, Any], words: str, kind: FaultKind | None) -> Order:
        model = models.find(str(body.get("model")))
        if model is None or model.task is not Purpose.VIDEO:
            raise Refused(Refusal(404, "NOT_FOUND", f"models/{body.get('model')} is not found."))
        if body.get("response_modalities") != ["video"] or not body.get("background"):
            raise Refused(invalid("The stand-in makes videos in the background only."))
        wanted = body.get("response_format") or {}
        length = SECONDS.fullmatch(str(wanted.get("duration", "6s")))
        ratio = RATIOS.get(str(wanted.get("aspect_ratio", "16:9")))
        if length is None or not SHORTEST_SECONDS <= int(length[1]) <= LONGEST_SECONDS or ratio is None:
            raise Refused(invalid("Unsupported duration or aspect_ratio in response_format."))
        picture = _picture(body)
        return Order(
            kind="image_to_video" if picture else "text_to_video",
            model=model.model_id,
            prompt=words,
            ratio=ratio,
            duration=int(length[1]),
            credits=0,
            film_seconds=self._film_seconds * (10 if kind is FaultKind.SLOW else 1),
            failure_code={**FAILURES_AT_ONCE, **FAILURES_LATE}.get(kind) if kind else None,
            fails_late=kind in FAILURES_LATE,
            is_garbage=kind is FaultKind.GARBAGE,
            picture=picture,
        )

    def _described(self, request: web.Request, task: Task) -> dict[str, Any]:
        status = task.status(time.time())
        created = datetime.fromtimestamp(task.created_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        body: dict[str, Any] = {
            "id": task.task_id,
            "object": "interaction",
            "model": task.order.model,
            "status": STATUSES[status],
            "created": created,
            "updated": created,
        }
        if status is Status.SUCCEEDED:
            version = request.match_info["version"]
            uri = f"{request.scheme}://{request.host}/{version}/files/{task.task_id}:download?alt=media"
            video = {"type": "video", "mime_type": "video/mp4", "uri": uri}
            body["steps"] = [{"type": "model_output", "content": [video]}]
            tokens = task.order.duration * TOKENS_PER_SECOND
            body["usage"] = {"total_output_tokens": tokens, "total_tokens": tokens}
        if status is Status.FAILED:
            body["errors"] = [{"code": task.order.failure_code, "message": "The video was not made."}]
        return body


def _authorize(request: web.Request) -> None:
    """Raises Refused."""
    if not (request.headers.get("x-goog-api-key") or request.query.get("key") or "").strip():
        raise Refused(MISSING_KEY)


def _parts(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the user says and shows: the SDK sends it as a step of theirs."""
    given = body.get("input")
    if isinstance(given, str):
        return [{"type": "text", "text": given}]
    parts: list[Mapping[str, Any]] = []
    for part in given if isinstance(given, list) else ():
        if isinstance(part, dict) and part.get("type") == "user_input":
            parts += [each for each in part.get("content") or () if isinstance(each, dict)]
        elif isinstance(part, dict):
            parts.append(part)
    return parts


def _words(body: Mapping[str, Any]) -> str:
    words = " ".join(str(part.get("text", "")) for part in _parts(body) if part.get("type") == "text")
    if not words.strip():
        raise Refused(invalid("input must not be empty."))
    return words


def _picture(body: Mapping[str, Any]) -> bytes | None:
    for part in _parts(body):
        if part.get("type") == "image":
            try:
                content = base64.b64decode(str(part.get("data", "")), validate=True)
                pictures.read(content)
            except (binascii.Error, ValueError) as error:
                raise Refused(invalid("Provided image is not valid.")) from error
            return content
    return None
