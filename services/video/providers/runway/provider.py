import base64
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
from runwayml import AsyncRunwayML

from services.chassis.errors import ProviderUnavailable, ResourceNotFound, SubmissionUnknown
from services.providers.base import Capabilities, OfferedModel
from services.video.providers.base import Offer, Submitted, Task, VideoRequest
from services.video.providers.downloading import fetch, is_allowed
from services.video.providers.nearest import nearest, nearest_ratio
from services.video.providers.runway.errors import FAILURES, PROVIDER, translate, translate_submission
from services.video.providers.runway.offers import OFFERS, RATIOS, USUAL
from services.video.providers.runway.task import micros, task_of

# The SDK's types are one per model; what is right for each is in the offers.
Body = dict[str, Any]


class RunwayVideos:
    """Makes videos with Runway. It never asks twice."""

    name = PROVIDER
    capabilities = Capabilities(image_mime_types=frozenset({"image/png", "image/jpeg", "image/webp"}))

    def __init__(
        self,
        client: AsyncRunwayML,
        files: httpx.AsyncClient,
        *,
        model_ids: Sequence[str],
        hosts: Sequence[str],
        is_own_server: bool,
    ) -> None:
        self._client = client
        self._files = files
        self._model_ids = tuple(model_ids)
        self._hosts = tuple(hosts)
        self._own_server = str(client.base_url) if is_own_server else None

    @property
    def offers(self) -> Mapping[str, Offer]:
        return {model: OFFERS.get(model, USUAL) for model in self._model_ids}

    async def stream(self, request: VideoRequest) -> AsyncGenerator[Submitted]:
        body = self._body(request)
        try:
            if request.first_frame is not None:
                taken = await self._client.image_to_video.create(**body)
            else:
                taken = await self._client.text_to_video.create(**body)
            task_id, cost = taken.id, getattr(taken, "estimated_cost", None)
        except FAILURES as error:
            raise translate_submission(error, model=request.model) from error
        if not isinstance(task_id, str) or not task_id:
            raise SubmissionUnknown("runway named no task", metadata={"provider": PROVIDER})
        yield Submitted(task_id, micros(cost))

    async def models(self) -> Sequence[OfferedModel]:
        try:
            organization = await self._client.organization.retrieve()
            return [OfferedModel(model) for model in organization.tier.models or ()]
        except FAILURES as error:
            raise translate(error) from error

    async def look(self, task_id: str) -> Task:
        try:
            return task_of(await self._client.tasks.retrieve(task_id))
        except FAILURES as error:
            raise translate(error) from error

    async def cancel(self, task_id: str) -> None:
        try:
            await self._client.tasks.delete(task_id)
        except FAILURES as error:
            translated = translate(error)
            if not isinstance(translated, ResourceNotFound):
                raise translated from error

    async def download(self, output: str, into: Path, *, max_bytes: int) -> None:
        def get(address: str) -> AbstractAsyncContextManager[httpx.Response]:
            return self._files.stream("GET", address, follow_redirects=False)

        def may_ask(address: str) -> bool:
            return is_allowed(address, own_server=self._own_server, hosts=self._hosts)

        try:
            await fetch(output, into, get, may_ask=may_ask, provider=PROVIDER, max_bytes=max_bytes)
        except FAILURES as error:
            raise ProviderUnavailable(
                f"the file broke off: {type(error).__name__}", metadata={"provider": PROVIDER}
            ) from error

    async def aclose(self) -> None:
        await self._client.close()
        await self._files.aclose()

    def _body(self, request: VideoRequest) -> Body:
        offer = self.offers.get(request.model, USUAL)
        wished = request.duration_seconds or offer.default_duration_seconds
        body: Body = {
            "model": request.model,
            "ratio": RATIOS[nearest_ratio(request, offer)],
            "duration": nearest(offer.durations_seconds, wished),
        }
        if request.prompt:
            body["prompt_text"] = request.prompt
        elif request.model == "gen4.5":
            # It insists on words, also where the picture says all.
            body["prompt_text"] = "Natural, subtle motion."
        if request.first_frame is not None:
            encoded = base64.b64encode(request.first_frame.content).decode()
            body["prompt_image"] = f"data:{request.first_frame.mime_type};base64,{encoded}"
        return body
