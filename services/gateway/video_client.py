from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC
from typing import Final

import grpc
from quartet.common.v1.caller_pb2 import Caller
from quartet.common.v1.media_pb2 import Media
from quartet.video.v1 import video_job_pb2
from quartet.video.v1 import video_service_pb2 as pb
from quartet.video.v1.video_service_pb2_grpc import VideoServiceStub

from services.chassis.status import from_status
from services.gateway.dialogue import Speaker
from services.gateway.links import link as links
from services.gateway.links.downloads import Sent
from services.gateway.videos import Allowance, AspectRatio, Film, Form, Job, Model, Order, State

ASK_SECONDS: Final = 15.0
FETCH_SECONDS: Final = 300.0
LINK_SECONDS: Final = 3600.0
"""A person's line may be slow; whoever takes nothing is hung up on sooner."""
PAGE_SIZE: Final = 100


class VideoClient:
    """The video service, as the gateway speaks to it. Raises QuartetError."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = VideoServiceStub(channel)

    async def order(self, order: Order) -> Job:
        """Orders a video. Repeated under the same id, it is the same job as it stands then."""
        frame = order.first_frame
        request = pb.CreateVideoJobRequest(
            request_id=order.job_id,
            caller=_caller(order.speaker),
            specification=video_job_pb2.VideoSpecification(
                prompt=order.prompt,
                model=order.model,
                duration_seconds=order.duration_seconds,
                aspect_ratio=_ASPECT_RATIOS[order.aspect_ratio]
                if order.aspect_ratio
                else video_job_pb2.ASPECT_RATIO_UNSPECIFIED,
            ),
            first_frame=Media(mime_type=frame.mime_type, content=frame.content) if frame else None,
            first_frame_of_job_id=order.first_frame_of,
        )
        return job_of((await self._stub.CreateVideoJob(request, timeout=ASK_SECONDS)).job)

    async def get(self, job_id: str, speaker: Speaker) -> Job:
        """Raises ResourceNotFound."""
        request = pb.GetVideoJobRequest(caller=_caller(speaker), job_id=job_id)
        return job_of((await self._stub.GetVideoJob(request, timeout=ASK_SECONDS)).job)

    async def all(self, speaker: Speaker) -> list[Job]:
        """The latest jobs of the speaker, the newest first."""
        request = pb.ListVideoJobsRequest(caller=_caller(speaker), page_size=PAGE_SIZE)
        return [
            job_of(found) for found in (await self._stub.ListVideoJobs(request, timeout=ASK_SECONDS)).jobs
        ]

    async def cancel(self, job_id: str, speaker: Speaker) -> Job:
        """Raises ResourceNotFound."""
        request = pb.CancelVideoJobRequest(caller=_caller(speaker), job_id=job_id)
        return job_of((await self._stub.CancelVideoJob(request, timeout=ASK_SECONDS)).job)

    async def delete(self, job_id: str, speaker: Speaker) -> None:
        """Raises ResourceNotFound, InvalidRequest for a job that has not ended."""
        request = pb.DeleteVideoJobRequest(caller=_caller(speaker), job_id=job_id)
        await self._stub.DeleteVideoJob(request, timeout=ASK_SECONDS)

    async def models(self) -> list[Model]:
        """What may be ordered, the default first."""
        response = await self._stub.ListVideoModels(pb.ListVideoModelsRequest(), timeout=ASK_SECONDS)
        return [_model(found) for found in response.models]

    async def allowance(self, speaker: Speaker) -> Allowance:
        request = pb.GetVideoAllowanceRequest(caller=_caller(speaker))
        found = await self._stub.GetVideoAllowance(request, timeout=ASK_SECONDS)
        return Allowance(found.seconds_per_day, found.seconds_left)

    async def fetch(
        self, job_id: str, speaker: Speaker, form: Form, *, timeout_seconds: float = FETCH_SECONDS
    ) -> AsyncGenerator[pb.VideoFile | bytes, None]:
        """Yields what a file is, then its content in pieces. Raises ResourceNotFound."""
        request = pb.FetchVideoRequest(caller=_caller(speaker), job_id=job_id, form=_FORMS[form])
        call = self._stub.FetchVideo(request, timeout=timeout_seconds)
        try:
            async for response in call:
                yield response.file if response.HasField("file") else response.content
        finally:
            call.cancel()

    async def stream(
        self, job_id: str, speaker: Speaker, form: links.Form
    ) -> AsyncGenerator[Sent | bytes, None]:
        """The same for a link. Raises ResourceNotFound."""
        async with aclosing(
            self.fetch(job_id, speaker, Form[form.name], timeout_seconds=LINK_SECONDS)
        ) as pieces:
            async for piece in pieces:
                yield piece if isinstance(piece, bytes) else Sent(piece.mime_type, piece.size_bytes)

    async def content(self, job_id: str, speaker: Speaker, form: Form) -> bytes:
        """A whole file, for those that fit into a message. Raises ResourceNotFound."""
        content = bytearray()
        async for piece in self.fetch(job_id, speaker, form):
            if isinstance(piece, bytes):
                content += piece
        return bytes(content)


def job_of(found: video_job_pb2.VideoJob) -> Job:
    """Reads a job, also out of an event."""
    wanted = found.specification
    has_cost = found.HasField("estimated_cost_micros")
    return Job(
        job_id=found.job_id,
        speaker=Speaker(found.caller.user_id, found.caller.chat_id, found.caller.language_code),
        prompt=wanted.prompt,
        state=_STATE_OF.get(found.state, State.PENDING),
        revision=found.revision,
        model=found.model or wanted.model,
        provider=found.provider,
        duration_seconds=wanted.duration_seconds,
        aspect_ratio=_ASPECT_RATIO_OF.get(wanted.aspect_ratio),
        has_first_frame=wanted.has_first_frame,
        failed_over=found.failed_over,
        progress_percent=found.progress_percent if found.HasField("progress_percent") else None,
        jobs_ahead=found.jobs_ahead,
        expected_at=found.expected_time.ToDatetime(UTC) if found.HasField("expected_time") else None,
        estimated_cost_micros=found.estimated_cost_micros if has_cost else None,
        cancel_requested=found.cancel_requested,
        film=_film(found.result) if found.HasField("result") else None,
        failure=from_status(found.error) if found.HasField("error") else None,
    )


def _film(found: video_job_pb2.VideoResult) -> Film:
    has_cost = found.usage.HasField("cost_micros")
    return Film(
        width_pixels=found.width_pixels,
        height_pixels=found.height_pixels,
        duration_seconds=found.duration_seconds,
        original_size_bytes=found.original_size_bytes,
        display_size_bytes=found.display_size_bytes,
        cost_micros=found.usage.cost_micros if has_cost else None,
    )


def _model(found: pb.VideoModel) -> Model:
    has_cost = found.HasField("cost_micros_per_second")
    ratios = (_ASPECT_RATIO_OF.get(ratio) for ratio in found.aspect_ratios)
    return Model(
        model=found.model,
        durations_seconds=tuple(found.durations_seconds),
        default_duration_seconds=found.default_duration_seconds,
        aspect_ratios=tuple(ratio for ratio in ratios if ratio is not None),
        takes_first_frame=found.takes_first_frame,
        needs_first_frame=found.needs_first_frame,
        cost_micros_per_second=found.cost_micros_per_second if has_cost else None,
    )


def _caller(speaker: Speaker) -> Caller:
    return Caller(
        user_id=speaker.user_id,
        chat_id=speaker.chat_id,
        language_code=speaker.language_code,
        user_key=speaker.user_key,
        chat_key=speaker.chat_key,
        is_in_focus_group=speaker.is_in_focus_group,
    )


_ASPECT_RATIOS: Final = {
    ratio: video_job_pb2.AspectRatio.Value(f"ASPECT_RATIO_{ratio.name}") for ratio in AspectRatio
}
_ASPECT_RATIO_OF: Final = {number: ratio for ratio, number in _ASPECT_RATIOS.items()}
_STATE_OF: Final = {
    video_job_pb2.VideoJobState.Value(f"VIDEO_JOB_STATE_{state.name}"): state for state in State
}
_FORMS: Final = {form: pb.VideoForm.Value(f"VIDEO_FORM_{form.name}") for form in Form}
