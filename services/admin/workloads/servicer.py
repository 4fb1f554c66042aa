from typing import Any

import grpc
from quartet.admin.v1 import workload_service_pb2 as pb
from quartet.admin.v1.workload_service_pb2_grpc import (
    WorkloadServiceServicer,
    add_WorkloadServiceServicer_to_server,
)
from quartet.common.v1.actor_pb2 import Actor

from services.admin.workloads import wire
from services.admin.workloads.workload import Workloads
from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration

Context = grpc.aio.ServicerContext[Any, Any]


class WorkloadServicer(WorkloadServiceServicer):
    """quartet.admin.v1.WorkloadService: operators look, owners change."""

    def __init__(self, workloads: Workloads, admins: Admins) -> None:
        self._workloads = workloads
        self._admins = admins

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["WorkloadService"].full_name
        return Registration(add_WorkloadServiceServicer_to_server, self, name)

    async def ListWorkloads(  # noqa: N802 - the contract's name
        self, request: pb.ListWorkloadsRequest, _context: Context
    ) -> pb.ListWorkloadsResponse:
        role = self._require(request.actor, AdminRole.OPERATOR)
        return wire.overview(await self._workloads.look(), may_change=role is AdminRole.OWNER)

    async def ScaleWorkload(  # noqa: N802 - the contract's name
        self, request: pb.ScaleWorkloadRequest, _context: Context
    ) -> pb.ScaleWorkloadResponse:
        self._require(request.actor, AdminRole.OWNER)
        await self._workloads.scale(request.name, request.replicas, generation=request.generation)
        return pb.ScaleWorkloadResponse()

    async def RestartWorkload(  # noqa: N802 - the contract's name
        self, request: pb.RestartWorkloadRequest, _context: Context
    ) -> pb.RestartWorkloadResponse:
        self._require(request.actor, AdminRole.OWNER)
        await self._workloads.restart(request.name, generation=request.generation)
        return pb.RestartWorkloadResponse()

    async def RollBackWorkload(  # noqa: N802 - the contract's name
        self, request: pb.RollBackWorkloadRequest, _context: Context
    ) -> pb.RollBackWorkloadResponse:
        self._require(request.actor, AdminRole.OWNER)
        await self._workloads.roll_back(request.name, request.revision, generation=request.generation)
        return pb.RollBackWorkloadResponse()

    def _require(self, actor: Actor, least: AdminRole) -> AdminRole:
        return self._admins.require(actor.user_id, least)
