from typing import Any

import grpc
from quartet.admin.v1 import switch_service_pb2 as pb
from quartet.admin.v1.switch_service_pb2_grpc import (
    SwitchServiceServicer,
    add_SwitchServiceServicer_to_server,
)

from services.admin.panel.switchboard import Switchboard
from services.chassis.audit import Audit
from services.chassis.errors import InvalidRequest, Violation
from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration

Context = grpc.aio.ServicerContext[Any, Any]


class SwitchServicer(SwitchServiceServicer):
    """quartet.admin.v1.SwitchService, in terms of the domain."""

    def __init__(self, switchboard: Switchboard, admins: Admins, audit: Audit) -> None:
        self._switchboard = switchboard
        self._admins = admins
        self._audit = audit

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["SwitchService"].full_name
        return Registration(add_SwitchServiceServicer_to_server, self, name)

    async def ListSwitches(  # noqa: N802 - the contract's name
        self, request: pb.ListSwitchesRequest, _context: Context
    ) -> pb.ListSwitchesResponse:
        self._admins.require(request.actor.user_id, AdminRole.ANALYST)
        response = pb.ListSwitchesResponse()
        for name, value in sorted((await self._switchboard.all()).items()):
            kind, _, what = name.partition(".")
            if kind == "off":
                provider, _, model = what.partition(".")
                response.vendors.add(provider=provider, model=model, off=True)
            else:
                response.levels.add(service=what, level=value)
        return response

    async def SetSwitch(  # noqa: N802 - the contract's name
        self, request: pb.SetSwitchRequest, _context: Context
    ) -> pb.SetSwitchResponse:
        match request.WhichOneof("switch"):
            case "vendor":
                await self._turn(request.actor.user_id, request.vendor)
            case "level":
                await self._log(request.actor.user_id, request.level)
            case _:
                raise InvalidRequest(violations=[Violation("switch", "is missing")])
        return pb.SetSwitchResponse()

    async def _turn(self, user_id: int, wanted: pb.VendorSwitch) -> None:
        role = self._admins.require(user_id, AdminRole.OPERATOR)
        details = {"provider": wanted.provider, "model": wanted.model, "to": "off" if wanted.off else "on"}
        async with self._audit.deed(user_id, role, "vendor.switch", address="grpc", details=details):
            await self._switchboard.turn(wanted.provider, wanted.model, is_off=wanted.off)

    async def _log(self, user_id: int, wanted: pb.LogSwitch) -> None:
        role = self._admins.require(user_id, AdminRole.OWNER)
        details = {"service": wanted.service, "level": wanted.level}
        async with self._audit.deed(user_id, role, "log.level", address="grpc", details=details):
            await self._switchboard.log(wanted.service, wanted.level)
