import asyncio
import base64
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx2

from services.chassis.errors import (
    InternalError,
    ProviderUnavailable,
    ResourceNotFound,
    SubmissionUnknown,
)
from services.providers.base import Capabilities, OfferedModel
from services.providers.google.connection import BASE_URL, Connection
from services.providers.google.errors import PROVIDER
from services.video.providers.base import AspectRatio, Offer, Submitted, Task, VideoRequest
from services.video.providers.downloading import fetch, is_allowed
from services.video.providers.google.errors import FAILURES, translate, translate_submission
from services.video.providers.google.interaction import INLINE, task_of, video_of
from services.video.providers.google.offers import USUAL
from services.video.providers.nearest import nearest, nearest_ratio


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
        if not isinstance(task_id, str) or not task_id:
            raise SubmissionUnknown("google named no interaction", metadata={"provider": PROVIDER})
        yield Submitted(task_id)

    async def models(self) -> Sequence[OfferedModel]:
        return [OfferedModel(model) for model in self._model_ids]

    async def look(self, task_id: str) -> Task:
        try:
            return task_of(await self._interactions.get(task_id), task_id)
        except FAILURES as error:
            raise translate(error) from error

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
        own_server = self._own_server or BASE_URL

        def get(address: str) -> AbstractAsyncContextManager[httpx2.Response]:
            # The key goes to the API's own server only.
            is_own = is_allowed(address, own_server=own_server, hosts=())
            headers = {"x-goog-api-key": self._key} if is_own else {}
            return self._connection.http.stream("GET", address, headers=headers, follow_redirects=False)

        def may_ask(address: str) -> bool:
            return is_allowed(address, own_server=own_server, hosts=self._hosts)

        try:
            await fetch(output, into, get, may_ask=may_ask, provider=PROVIDER, max_bytes=max_bytes)
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
            content = await asyncio.to_thread(base64.b64decode, video_of(found).data or "")
        except FAILURES as error:
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
