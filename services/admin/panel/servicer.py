from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from quartet.admin.v1 import access_service_pb2 as pb
from quartet.admin.v1.access_service_pb2_grpc import (
    AccessServiceServicer,
    add_AccessServiceServicer_to_server,
)

from services.admin.panel.access.links import Links
from services.admin.panel.desk import Desk
from services.chassis.roles import AdminRole
from services.chassis.server import Registration

Context = grpc.aio.ServicerContext[Any, Any]


class AccessServicer(AccessServiceServicer):
    """quartet.admin.v1.AccessService, in terms of the domain."""

    def __init__(self, desk: Desk, links: Links) -> None:
        self._desk = desk
        self._links = links

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["AccessService"].full_name
        return Registration(add_AccessServiceServicer_to_server, self, name)

    async def CreateLink(  # noqa: N802 - the contract's name
        self, request: pb.CreateLinkRequest, _context: Context
    ) -> pb.CreateLinkResponse:
        user_id = request.actor.user_id
        role = self._desk.settings.admins.require(user_id, AdminRole.ANALYST)
        await self._desk.audit.note(user_id, role, "access.link", address="grpc", how="link")
        link = await self._links.create(user_id)
        expire_time = Timestamp()
        expire_time.FromMilliseconds(round(link.expires_at * 1000))
        settings = self._desk.settings
        has_app = settings.panel_is_https and settings.telegram_bot_id is not None
        app = f"{settings.panel_url}/app" if has_app else ""
        return pb.CreateLinkResponse(url=link.url, expire_time=expire_time, mini_app_url=app)
