import asyncio
import base64
import binascii
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from services.chassis.errors import (
    InternalError,
    ProviderInterrupted,
    ProviderUnavailable,
    QuartetError,
    ResourceNotFound,
    SubmissionUnknown,
)
from services.providers.base import Capabilities, OfferedModel
from services.providers.google.connection import BASE_URL, Connection
from services.providers.google.errors import PROVIDER
from services.video.providers.base import AspectRatio, Offer, Submitted, Task, TaskState, VideoRequest
from services.video.providers.downloading import is_allowed, save
from services.video.providers.google.errors import FAILURES, failure_of, translate, translate_submission
from services.video.providers.google.offers import USUAL
from services.video.providers.nearest import nearest, nearest_ratio

STATES: Final = {
    "queued": TaskState.WAITING,
    "in_progress": TaskState.RUNNING,
    "completed": TaskState.SUCCEEDED,
    "failed": TaskState.FAILED,
    "cancelled": TaskState.CANCELLED,
    # It has stopped, and what would be needed to go on is not known here.
    "incomplete": TaskState.FAILED,
    "requires_action": TaskState.FAILED,
    "requires_continuation": TaskState.FAILED,
    "budget_exceeded": TaskState.FAILED,
}
INLINE: Final = "inline:"
"""Begins the output of a task whose video comes along with it: the rest names the task."""


class GoogleVideos:
    """Makes videos with Google's models, through the Interactions API. It never asks twice.

    https://ai.google.dev/gemini-api/docs/interactions
    """

    name = PROVIDER
    capabilities = Capabilities(image_mime_types=frozenset({"image/png", "image/jpeg", "image/webp"}))

    def __init__(
        self,
        connection: Connection,
        *,
        model_ids: Sequence[str],
        hosts: Sequence[str],
        own_server: str | None,
        key: str,
        submit_seconds: float,
    ) -> None:
        self._connection = connection
        self._model_ids = tuple(model_ids)
        self._hosts = tuple(hosts)
        self._own_server = own_server
        self._key = key
        self._submit_seconds = submit_seconds

    @property
    def offers(self) -> Mapping[str, Offer]:
        return dict.fromkeys(self._model_ids, USUAL)

    async def stream(self, request: VideoRequest) -> AsyncGenerator[Submitted]:
        try:
            async with asyncio.timeout(self._submit_seconds):
                taken = await self._interactions.create(**_body(request))
            task_id = taken.id
        except FAILURES as error:
            raise translate_submission(error, model=request.model) from error
        if not task_id:
            raise SubmissionUnknown("google named no interaction", metadata={"provider": PROVIDER})
        yield Submitted(task_id)

    async def models(self) -> Sequence[OfferedModel]:
        return [OfferedModel(model) for model in self._model_ids]

    async def look(self, task_id: str) -> Task:
        try:
            found = await self._interactions.get(task_id)
        except FAILURES as error:
            raise translate(error) from error
        state = STATES.get(str(found.status))
        if state is None:
            raise ProviderUnavailable(
                "google named a state that is not known", metadata={"provider": PROVIDER}
            )
        tokens = found.usage.total_output_tokens if found.usage else None
        if state is TaskState.FAILED:
            return Task(state, failure=_failure(found), output_token_count=tokens or 0)
        output = _output(found, task_id) if state is TaskState.SUCCEEDED else ""
        if state is TaskState.SUCCEEDED and not output:
            # It has ended without one: in words, mostly, that say why not.
            silent = ProviderInterrupted("google made no video", metadata={"provider": PROVIDER})
            return Task(TaskState.FAILED, failure=silent, output_token_count=tokens or 0)
        return Task(state, output=output, output_token_count=tokens or 0)

    async def cancel(self, task_id: str) -> None:
        try:
            await self._interactions.cancel(task_id)
        except FAILURES as error:
            translated = translate(error)
            # What is over cannot be cancelled: a bad request, as the vendor sees it.
            if not (
                isinstance(translated, ResourceNotFound) or getattr(error, "status_code", 0) in (400, 409)
            ):
                raise translated from error

    async def download(self, output: str, into: Path, *, max_bytes: int) -> None:
        if output.startswith(INLINE):
            await self._save_inline(output.removeprefix(INLINE), into, max_bytes=max_bytes)
            return
        base = self._own_server or BASE_URL
        if not is_allowed(output, own_server=base, hosts=self._hosts):
            raise InternalError("google named a file at a host that is not its own: see GOOGLE_OUTPUT_HOSTS")
        # The key goes to the API's own server only.
        is_own = is_allowed(output, own_server=base, hosts=())
        headers = {"x-goog-api-key": self._key} if is_own else {}
        try:
            async with self._connection.http.stream(
                "GET", output, headers=headers, follow_redirects=False
            ) as response:
                if response.status_code in (403, 404, 410):
                    raise ResourceNotFound("the file is gone", metadata={"resource": "file"})
                response.raise_for_status()
                await save(response.aiter_bytes(), into, max_bytes=max_bytes)
        except FAILURES as error:
            raise ProviderUnavailable(
                f"the file broke off: {type(error).__name__}", metadata={"provider": PROVIDER}
            ) from error

    async def aclose(self) -> None:
        await self._connection.aclose()

    @property
    def _interactions(self) -> Any:
        # The SDK's types for what is asked are unions of everything that an interaction may be.
        return self._connection.client.aio.interactions

    async def _save_inline(self, task_id: str, into: Path, *, max_bytes: int) -> None:
        try:
            found = await self._interactions.get(task_id)
            content = base64.b64decode(_video(found).data or "")
        except (*FAILURES, binascii.Error) as error:
            raise translate(error) from error
        if len(content) > max_bytes:
            raise InternalError(f"the video is larger than {max_bytes} bytes")
        await asyncio.to_thread(into.write_bytes, content)


def _body(request: VideoRequest) -> dict[str, Any]:
    ratio = nearest_ratio(request, USUAL)
    seconds = nearest(USUAL.durations_seconds, request.duration_seconds or USUAL.default_duration_seconds)
    parts: list[dict[str, Any]] = []
    if request.first_frame is not None:
        data = base64.b64encode(request.first_frame.content).decode()
        parts.append({"type": "image", "mime_type": request.first_frame.mime_type, "data": data})
    parts.append({"type": "text", "text": request.prompt or "Set the picture in motion, subtly."})
    return {
        "model": request.model,
        "input": parts,
        "response_modalities": ["video"],
        "response_format": {
            "type": "video",
            "aspect_ratio": str(AspectRatio(ratio)),
            "duration": f"{seconds}s",
            "delivery": "uri",
        },
        "background": True,
        "store": True,
    }


def _video(found: Any) -> Any:
    """The video of an interaction: the last one that its steps show."""
    if found.output_video is not None:
        return found.output_video
    contents = [
        content
        for step in found.steps or ()
        if getattr(step, "type", "") == "model_output"
        for content in step.content or ()
    ]
    return next((each for each in reversed(contents) if getattr(each, "type", "") == "video"), None)


def _output(found: Any, task_id: str) -> str:
    video = _video(found)
    if video is None:
        return ""
    return str(video.uri) if video.uri else (f"{INLINE}{task_id}" if video.data else "")


def _failure(found: Any) -> QuartetError:
    told = (found.errors or [None])[-1]
    if told is not None:
        return failure_of(told.code or "", told.message or "")
    for step in found.steps or ():
        error = getattr(step, "error", None)
        if error is not None:
            return failure_of(str(error.code or ""), error.message or "")
    return failure_of(str(found.status), "")
