from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

import grpc
from quartet.video.v1 import video_job_pb2
from quartet.video.v1 import video_service_pb2 as pb
from quartet.video.v1.video_service_pb2_grpc import VideoServiceServicer, add_VideoServiceServicer_to_server

from services.chassis.errors import InvalidRequest, Violation
from services.chassis.server import Registration
from services.video import wire
from services.video.allowance import Allowances
from services.video.endings import Endings
from services.video.fetching import Fetching, Form
from services.video.job import File
from services.video.models import Model
from services.video.order import Order
from services.video.orders import Orders, Outlook

Context = grpc.aio.ServicerContext[Any, Any]

USUAL_PAGE_SIZE: Final = 20
LARGEST_PAGE_SIZE: Final = 100
MAX_TOKEN_DIGITS: Final = 9
FORMS: Final[Mapping[int, Form]] = {
    pb.VIDEO_FORM_ORIGINAL: Form.ORIGINAL,
    pb.VIDEO_FORM_THUMBNAIL: Form.THUMBNAIL,
}


class VideoServicer(VideoServiceServicer):
    """quartet.video.v1.VideoService, in terms of the domain."""

    def __init__(
        self,
        orders: Orders,
        fetching: Fetching,
        models: Sequence[Model],
        allowances: Allowances,
        endings: Endings,
    ) -> None:
        self._orders = orders
        self._fetching = fetching
        self._models = models
        self._allowances = allowances
        self._endings = endings

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["VideoService"].full_name
        return Registration(add_VideoServiceServicer_to_server, self, name)

    async def CreateVideoJob(  # noqa: N802 - the contract's name
        self, request: pb.CreateVideoJobRequest, _context: Context
    ) -> pb.CreateVideoJobResponse:
        outlook = await self._orders.place(_order(request))
        return pb.CreateVideoJobResponse(job=self._job(outlook), replayed=outlook.is_replayed)

    async def GetVideoJob(  # noqa: N802 - the contract's name
        self, request: pb.GetVideoJobRequest, _context: Context
    ) -> pb.GetVideoJobResponse:
        outlook = await self._orders.get(request.job_id, wire.owner(request.caller))
        return pb.GetVideoJobResponse(job=self._job(outlook))

    async def ListVideoJobs(  # noqa: N802 - the contract's name
        self, request: pb.ListVideoJobsRequest, _context: Context
    ) -> pb.ListVideoJobsResponse:
        begin, size = _page(request)
        found = await self._orders.of_user(request.caller.user_id)
        end = begin + size
        return pb.ListVideoJobsResponse(
            jobs=[self._job(await self._orders.outlook(stored)) for stored in found[begin:end]],
            next_page_token=str(end) if end < len(found) else "",
            total_count=len(found),
        )

    async def CancelVideoJob(  # noqa: N802 - the contract's name
        self, request: pb.CancelVideoJobRequest, _context: Context
    ) -> pb.CancelVideoJobResponse:
        outlook = await self._orders.cancel(request.job_id, wire.owner(request.caller))
        return pb.CancelVideoJobResponse(job=self._job(outlook))

    async def DeleteVideoJob(  # noqa: N802 - the contract's name
        self, request: pb.DeleteVideoJobRequest, _context: Context
    ) -> pb.DeleteVideoJobResponse:
        await self._orders.delete(request.job_id, wire.owner(request.caller))
        return pb.DeleteVideoJobResponse()

    async def FetchVideo(  # noqa: N802 - the contract's name
        self, request: pb.FetchVideoRequest, _context: Context
    ) -> AsyncGenerator[pb.FetchVideoResponse]:
        form = FORMS.get(request.form, Form.DISPLAY)
        pieces = self._fetching.fetch(request.job_id, wire.owner(request.caller), form)
        async with aclosing(pieces):
            async for piece in pieces:
                if isinstance(piece, bytes):
                    yield pb.FetchVideoResponse(content=piece)
                    continue
                file, film = piece
                yield pb.FetchVideoResponse(
                    file=_file(file, film.width_pixels, film.height_pixels, film.duration_seconds)
                )

    async def ListVideoModels(  # noqa: N802 - the contract's name
        self, _request: pb.ListVideoModelsRequest, _context: Context
    ) -> pb.ListVideoModelsResponse:
        return pb.ListVideoModelsResponse(models=map(_model, self._models))

    async def GetVideoAllowance(  # noqa: N802 - the contract's name
        self, request: pb.GetVideoAllowanceRequest, _context: Context
    ) -> pb.GetVideoAllowanceResponse:
        found = await self._allowances.of(request.caller.user_id)
        return pb.GetVideoAllowanceResponse(
            seconds_per_day=found.limits.seconds_per_day,
            seconds_left=found.seconds_left,
            jobs_at_once=found.limits.max_at_once,
            jobs_under_way=found.under_way,
            renew_time=wire.timestamp(found.renews_at),
        )

    def _job(self, outlook: Outlook) -> video_job_pb2.VideoJob:
        job, revision = outlook.stored.job, outlook.stored.revision
        return wire.job(
            job,
            revision,
            expires_at=self._endings.expires_at(job),
            jobs_ahead=outlook.jobs_ahead,
            expected_at=outlook.expected_at,
        )


def _order(request: pb.CreateVideoJobRequest) -> Order:
    wanted, frame = request.specification, request.first_frame.content
    if request.HasField("first_frame") and not frame:
        raise InvalidRequest(violations=[Violation("first_frame.content", "must be inline")])
    return Order(
        job_id=request.request_id,
        owner=wire.owner(request.caller),
        prompt=wanted.prompt,
        model=wanted.model,
        duration_seconds=wanted.duration_seconds,
        aspect_ratio=wire.ASPECT_RATIO_OF.get(wanted.aspect_ratio),
        first_frame=frame,
        first_frame_of=request.first_frame_of_job_id,
    )


def _page(request: pb.ListVideoJobsRequest) -> tuple[int, int]:
    """Read where the page begins and how long it is. Raises InvalidRequest."""
    token = request.page_token
    if token and not (token.isdecimal() and len(token) < MAX_TOKEN_DIGITS):
        raise InvalidRequest(violations=[Violation("page_token", "is none that was given out")])
    if not 0 <= request.page_size <= LARGEST_PAGE_SIZE:
        raise InvalidRequest(violations=[Violation("page_size", f"must be 0 to {LARGEST_PAGE_SIZE}")])
    return int(token or 0), request.page_size or USUAL_PAGE_SIZE


def _file(file: File, width_pixels: int, height_pixels: int, duration_seconds: float) -> pb.VideoFile:
    return pb.VideoFile(
        mime_type=file.mime_type,
        size_bytes=file.size_bytes,
        width_pixels=width_pixels,
        height_pixels=height_pixels,
        duration_seconds=duration_seconds,
    )


def _model(found: Model) -> pb.VideoModel:
    offer = found.offer
    return pb.VideoModel(
        provider=found.provider,
        model=found.model,
        durations_seconds=offer.durations_seconds,
        default_duration_seconds=offer.default_duration_seconds,
        aspect_ratios=[wire.ASPECT_RATIOS[ratio] for ratio in offer.aspect_ratios],
        takes_first_frame=offer.takes_first_frame,
        needs_first_frame=offer.needs_first_frame,
        cost_micros_per_second=offer.cost_micros_per_second,
    )
