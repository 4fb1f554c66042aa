import base64
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
from runwayml import AsyncRunwayML

from services.chassis.errors import InternalError, ProviderUnavailable, ResourceNotFound
from services.providers.base import Capabilities, OfferedModel
from services.video.providers.base import Offer, Submitted, Task, TaskState, VideoRequest
from services.video.providers.downloading import is_allowed, save
from services.video.providers.nearest import nearest, nearest_ratio
from services.video.providers.runway.errors import FAILURES, PROVIDER, translate, translate_submission
from services.video.providers.runway.failures import failure_of
from services.video.providers.runway.offers import MICROS_PER_CREDIT, OFFERS, RATIOS, USUAL

STATES: Final = {
    "PENDING": TaskState.WAITING,
    # Taken, and made once another one of the account is done.
    "THROTTLED": TaskState.WAITING,
    "RUNNING": TaskState.RUNNING,
    "SUCCEEDED": TaskState.SUCCEEDED,
    "FAILED": TaskState.FAILED,
    "CANCELLED": TaskState.CANCELLED,
}
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
            submitted = Submitted(taken.id, _micros(getattr(taken, "estimated_cost", None)))
        except FAILURES as error:
            raise translate_submission(error, model=request.model) from error
        yield submitted

    async def models(self) -> Sequence[OfferedModel]:
        try:
            organization = await self._client.organization.retrieve()
        except FAILURES as error:
            raise translate(error) from error
        return [OfferedModel(model) for model in organization.tier.models or ()]

    async def look(self, task_id: str) -> Task:
        try:
            found = await self._client.tasks.retrieve(task_id)
        except FAILURES as error:
            raise translate(error) from error
        state = STATES.get(found.status)
        if state is None:
            raise ProviderUnavailable(
                "runway named a state that is not known", metadata={"provider": PROVIDER}
            )
        progress = getattr(found, "progress", None)
        output = getattr(found, "output", None) or [""]
        if state is TaskState.SUCCEEDED and not output[0]:
            raise ProviderUnavailable("runway named no file", metadata={"provider": PROVIDER})
        return Task(
            state=state,
            progress_percent=None if progress is None else round(100 * progress),
            output=output[0],
            failure=failure_of(getattr(found, "failure_code", None)) if state is TaskState.FAILED else None,
            cost_micros=_micros(getattr(found, "cost", None)),
        )

    async def cancel(self, task_id: str) -> None:
        try:
            await self._client.tasks.delete(task_id)
        except FAILURES as error:
            translated = translate(error)
            if not isinstance(translated, ResourceNotFound):
                raise translated from error

    async def download(self, output: str, into: Path, *, max_bytes: int) -> None:
        if not is_allowed(output, own_server=self._own_server, hosts=self._hosts):
            raise InternalError("runway named a file at a host that is not its own: see RUNWAY_OUTPUT_HOSTS")
        try:
            async with self._files.stream("GET", output) as response:
                if response.status_code in (403, 404, 410):
                    raise ResourceNotFound("the file is gone", metadata={"resource": "file"})
                response.raise_for_status()
                await save(response.aiter_bytes(), into, max_bytes=max_bytes)
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


def _micros(cost: Any) -> int | None:
    return None if cost is None else round(cost.credits * MICROS_PER_CREDIT)
