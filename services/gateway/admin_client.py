from typing import Final, NamedTuple

import grpc
from quartet.admin.v1 import access_service_pb2 as pb
from quartet.admin.v1.access_service_pb2_grpc import AccessServiceStub
from quartet.common.v1.actor_pb2 import Actor

ASK_SECONDS: Final = 5.0


class Doors(NamedTuple):
    """The ways into the admins' panel: a link that opens it once, and the Mini App's address, or nothing."""

    url: str
    mini_app_url: str


class AdminClient:
    """The admin service, as the gateway speaks to it. Raises QuartetError."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._access = AccessServiceStub(channel)

    async def doors(self, user_id: int) -> Doors:
        """Raises PermissionDenied for whoever has no role."""
        request = pb.CreateLinkRequest(actor=Actor(user_id=user_id))
        response = await self._access.CreateLink(request, timeout=ASK_SECONDS)
        return Doors(response.url, response.mini_app_url)
