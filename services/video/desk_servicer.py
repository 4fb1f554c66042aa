from typing import Any, Final

import grpc
from quartet.video.v1 import video_desk_service_pb2 as pb
from quartet.video.v1 import video_job_pb2
from quartet.video.v1.video_desk_service_pb2_grpc import (
    VideoDeskServiceServicer,
    add_VideoDeskServiceServicer_to_server,
)

from services.chassis.errors import InvalidRequest, Violation
from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration
from services.video import wire
from services.video.jobs import Stored
from services.video.orders import Outlook
from services.video.oversight import Oversight

Context = grpc.aio.ServicerContext[Any, Any]

USUAL_PAGE_SIZE: Final = 100
LARGEST_PAGE_SIZE: Final = 200


class VideoDeskServicer(VideoDeskServiceServicer):
    """quartet.video.v1.VideoDeskService, in terms of the domain."""

    def __init__(self, oversight: Oversight, admins: Admins) -> None:
        self._oversight = oversight
        self._admins = admins

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["VideoDeskService"].full_name
        return Registration(add_VideoDeskServiceServicer_to_server, self, name)

    async def ListAllVideoJobs(  # noqa: N802 - the contract's name
        self, request: pb.ListAllVideoJobsRequest, _context: Context
    ) -> pb.ListAllVideoJobsResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        if not 0 <= request.page_size <= LARGEST_PAGE_SIZE:
            raise InvalidRequest(violations=[Violation("page_size", f"must be 0 to {LARGEST_PAGE_SIZE}")])
        most = request.page_size or USUAL_PAGE_SIZE
        found = await self._oversight.overview(most, only_under_way=request.only_under_way)
        return pb.ListAllVideoJobsResponse(
            jobs=[_job(Outlook(stored)) for stored in found.jobs],
            counts=[
                pb.VideoJobCount(state=wire.STATES[state], job_count=count)
                for state, count in found.counts.items()
            ],
        )

    async def CancelAnyVideoJob(  # noqa: N802 - the contract's name
        self, request: pb.CancelAnyVideoJobRequest, _context: Context
    ) -> pb.CancelAnyVideoJobResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        outlook = await self._oversight.cancel(request.user_id, request.job_id)
        return pb.CancelAnyVideoJobResponse(job=_job(outlook))

    async def RetryVideoJob(  # noqa: N802 - the contract's name
        self, request: pb.RetryVideoJobRequest, _context: Context
    ) -> pb.RetryVideoJobResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        outlook = await self._oversight.retry(request.user_id, request.job_id)
        return pb.RetryVideoJobResponse(job=_job(outlook))


def _job(outlook: Outlook) -> video_job_pb2.VideoJob:
    stored: Stored = outlook.stored
    written = wire.job(
        stored.job, stored.revision, jobs_ahead=outlook.jobs_ahead, expected_at=outlook.expected_at
    )
    # What people wish for is theirs.
    written.specification.prompt = ""
    return written
