import base64
from collections import Counter
from typing import Any, Final

import grpc
import regex
from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import delivery_service_pb2 as pb
from quartet.gateway.v1.delivery_service_pb2_grpc import (
    DeliveryServiceServicer,
    add_DeliveryServiceServicer_to_server,
)

from services.chassis.errors import InvalidRequest, Violation
from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration
from services.gateway.broadcasts.deliveries import Deliveries
from services.gateway.broadcasts.letter import Letter
from services.gateway.broadcasts.order import PACE, Audience, Button, ChatKind, Course, Order

Context = grpc.aio.ServicerContext[Any, Any]

ID: Final = regex.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_PER_SECOND: Final = 20
MAX_PICTURE_BYTES: Final = 500_000
MAX_ORDER_BYTES: Final = 900_000
"""NATS takes messages of a megabyte."""
KINDS: Final = {
    pb.CHAT_KIND_UNSPECIFIED: ChatKind.ANY,
    pb.CHAT_KIND_PRIVATE: ChatKind.PRIVATE,
    pb.CHAT_KIND_GROUP: ChatKind.GROUP,
}
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
        chats = await self._deliveries.recipients.of(_audience(request.audience, request.actor))
        return pb.CountRecipientsResponse(recipient_count=len(chats))

    async def Deliver(  # noqa: N802 - the contract's name
        self, request: pb.DeliverRequest, _context: Context
    ) -> pb.DeliverResponse:
        self._require(request.actor)
        await self._deliveries.order(_id(request.delivery_id), _order(request))
        return pb.DeliverResponse()

    async def GetDelivery(  # noqa: N802 - the contract's name
        self, request: pb.GetDeliveryRequest, _context: Context
    ) -> pb.GetDeliveryResponse:
        self._require(request.actor)
        delivery_id = _id(request.delivery_id)
        order = await self._deliveries.ledger.order(delivery_id)
        copies = await self._deliveries.ledger.copies(delivery_id)
        counted = Counter((one.copy.fate, one.copy.reason) for one in copies)
        tallies = [
            pb.DeliveryTally(
                fate=pb.DeliveryFate.Value(f"DELIVERY_FATE_{fate.name}"), reason=reason, count=count
            )
            for (fate, reason), count in sorted(counted.items())
        ]
        course = pb.DeliveryCourse.Value(f"DELIVERY_COURSE_{order.course.name}")
        return pb.GetDeliveryResponse(course=course, tallies=tallies)

    async def SteerDelivery(  # noqa: N802 - the contract's name
        self, request: pb.SteerDeliveryRequest, _context: Context
    ) -> pb.SteerDeliveryResponse:
        self._require(request.actor)
        course = STEERED.get(request.course)
        if course is None:
            raise _invalid("course", "RUNNING, PAUSED or CANCELLED")
        await self._deliveries.ledger.steer(_id(request.delivery_id), course)
        return pb.SteerDeliveryResponse()

    async def RetractDelivery(  # noqa: N802 - the contract's name
        self, request: pb.RetractDeliveryRequest, _context: Context
    ) -> pb.RetractDeliveryResponse:
        self._require(request.actor)
        await self._deliveries.retract(_id(request.delivery_id))
        return pb.RetractDeliveryResponse()

    def _require(self, actor: Actor) -> None:
        self._admins.require(actor.user_id, AdminRole.OPERATOR)


def _order(request: pb.DeliverRequest) -> Order:
    message, pace = request.message, request.messages_per_second or PACE
    if not 1 <= pace <= MAX_PER_SECOND:
        raise _invalid("messages_per_second", f"between 1 and {MAX_PER_SECOND}")
    if len(message.picture) > MAX_PICTURE_BYTES:
        raise _invalid("message.picture", f"at most {MAX_PICTURE_BYTES} bytes")
    if not all(button.text and button.url.startswith("https://") for button in message.buttons):
        raise _invalid("message.buttons", "a text and an https address")
    scheduled = float(request.schedule_time.seconds)
    order = Order(
        markdown=message.markdown,
        buttons=tuple(Button(text=button.text, url=button.url) for button in message.buttons),
        picture=base64.b64encode(message.picture),
        audience=_audience(request.audience, request.actor),
        messages_per_second=pace,
        not_before=scheduled,
    )
    if not Letter(order).fits:
        raise _invalid("message", "one message of Telegram, and not an empty one")
    if len(order.model_dump_json()) > MAX_ORDER_BYTES:
        raise _invalid("audience.user_keys", "fewer, or a smaller picture")
    return order


def _audience(audience: pb.Audience, actor: Actor) -> Audience:
    if audience.actor_only:
        return Audience(chat_id=actor.user_id)
    return Audience(
        language_code=audience.language_code,
        active_days=max(0, audience.active_days),
        chat_kind=KINDS.get(audience.chat_kind, ChatKind.ANY),
        user_keys=tuple(audience.user_keys),
    )


def _id(delivery_id: str) -> str:
    if not ID.fullmatch(delivery_id):
        raise _invalid("delivery_id", "1 to 64 of A-Z a-z 0-9 _ -")
    return delivery_id


def _invalid(field: str, problem: str) -> InvalidRequest:
    return InvalidRequest(violations=[Violation(field, problem)])
