from typing import Any, Final

import grpc
from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import delivery_service_pb2 as pb
from quartet.gateway.v1.delivery_service_pb2_grpc import (
    DeliveryServiceServicer,
    add_DeliveryServiceServicer_to_server,
)

from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration
from services.gateway.broadcasts.deliveries import Deliveries
from services.gateway.broadcasts.letter import Letter
from services.gateway.broadcasts.order import Course, Fate
from services.gateway.broadcasts.requests import audience_of, id_of, invalid, message_of, order_of

Context = grpc.aio.ServicerContext[Any, Any]

STEERED: Final = {
    pb.DELIVERY_COURSE_RUNNING: Course.RUNNING,
    pb.DELIVERY_COURSE_PAUSED: Course.PAUSED,
    pb.DELIVERY_COURSE_CANCELLED: Course.CANCELLED,
}


class DeliveryServicer(DeliveryServiceServicer):
    """quartet.gateway.v1.DeliveryService, for operators."""

    def __init__(self, deliveries: Deliveries, admins: Admins) -> None:
        self._deliveries = deliveries
        self._admins = admins

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["DeliveryService"].full_name
        return Registration(add_DeliveryServiceServicer_to_server, self, name)

    async def CountRecipients(  # noqa: N802 - the contract's name
        self, request: pb.CountRecipientsRequest, _context: Context
    ) -> pb.CountRecipientsResponse:
        self._require(request.actor)
        count = await self._count(request.audience, request.actor)
        return pb.CountRecipientsResponse(recipient_count=count)

    async def PreviewDelivery(  # noqa: N802 - the contract's name
        self, request: pb.PreviewDeliveryRequest, _context: Context
    ) -> pb.PreviewDeliveryResponse:
        self._require(request.actor)
        formatted = Letter(message_of(request.message)).formatted
        entities = [
            pb.DeliveryEntity(
                type=one.type,
                offset=one.offset,
                length=one.length,
                url=one.url or "",
                language=one.language or "",
            )
            for one in formatted.entities
        ]
        count = await self._count(request.audience, request.actor)
        return pb.PreviewDeliveryResponse(text=formatted.text, entities=entities, recipient_count=count)

    async def Deliver(  # noqa: N802 - the contract's name
        self, request: pb.DeliverRequest, _context: Context
    ) -> pb.DeliverResponse:
        self._require(request.actor)
        await self._deliveries.order(id_of(request.delivery_id), order_of(request))
        return pb.DeliverResponse()

    async def GetDelivery(  # noqa: N802 - the contract's name
        self, request: pb.GetDeliveryRequest, _context: Context
    ) -> pb.GetDeliveryResponse:
        self._require(request.actor)
        course, found = await self._deliveries.progress.of(id_of(request.delivery_id))
        tallies = [
            pb.DeliveryTally(
                fate=pb.DeliveryFate.Value(f"DELIVERY_FATE_{one.fate.name}"),
                reason=one.reason,
                count=one.count,
            )
            for one in found
        ]
        name = pb.DeliveryCourse.Value(f"DELIVERY_COURSE_{course.name}")
        return pb.GetDeliveryResponse(course=name, tallies=tallies)

    async def SteerDelivery(  # noqa: N802 - the contract's name
        self, request: pb.SteerDeliveryRequest, _context: Context
    ) -> pb.SteerDeliveryResponse:
        self._require(request.actor)
        course = STEERED.get(request.course)
        if course is None:
            raise invalid("course", "RUNNING, PAUSED or CANCELLED")
        await self._deliveries.ledger.steer(id_of(request.delivery_id), course)
        return pb.SteerDeliveryResponse()

    async def RetractDelivery(  # noqa: N802 - the contract's name
        self, request: pb.RetractDeliveryRequest, _context: Context
    ) -> pb.RetractDeliveryResponse:
        self._require(request.actor)
        await self._deliveries.retract(id_of(request.delivery_id))
        return pb.RetractDeliveryResponse()

    async def _count(self, audience: pb.Audience, actor: Actor) -> int:
        """How many would get something; who has blocked the bot would not."""
        chats = await self._deliveries.recipients.of(audience_of(audience, actor))
        return sum(copy.fate is Fate.PENDING for copy in chats.values())

    def _require(self, actor: Actor) -> None:
        self._admins.require(actor.user_id, AdminRole.OPERATOR)
