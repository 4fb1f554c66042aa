import asyncio
from typing import TYPE_CHECKING, Final, TypeAlias

import grpc
from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import delivery_service_pb2 as pb
from quartet.gateway.v1.delivery_service_pb2_grpc import DeliveryServiceStub

if TYPE_CHECKING:
    from quartet.gateway.v1.delivery_service_pb2_grpc import DeliveryServiceAsyncStub

Stub: TypeAlias = "DeliveryServiceAsyncStub"

AHEAD: Final = (pb.DELIVERY_FATE_PENDING, pb.DELIVERY_FATE_INTENDED)
LOOK_SECONDS: Final = 5.0
DELIVERY_ID: Final = "load"
MARKDOWN: Final = "Новости: **всё хорошо**"
TEXT: Final = "Новости: всё хорошо"


class Campaign:
    """A broadcast to everyone whom the gateway knows."""

    def __init__(self, gateway: grpc.aio.Channel, operator_id: int, size: int) -> None:
        self._stub: Stub = DeliveryServiceStub(gateway)
        self._actor = Actor(user_id=operator_id)
        self._size = size

    async def order(self, per_second: int) -> None:
        asked = pb.DeliverRequest(
            actor=self._actor,
            delivery_id=DELIVERY_ID,
            message=pb.DeliveryMessage(markdown=MARKDOWN),
            messages_per_second=per_second,
        )
        await self._stub.Deliver(asked, wait_for_ready=True)

    async def until(self, settled: float) -> None:
        """Watch as the panel does, until this share of all has been sent or refused."""
        asked = pb.GetDeliveryRequest(actor=self._actor, delivery_id=DELIVERY_ID)
        while True:
            found = await self._stub.GetDelivery(asked, wait_for_ready=True)
            if found.course == pb.DELIVERY_COURSE_DONE:
                return
            behind = sum(tally.count for tally in found.tallies if tally.fate not in AHEAD)
            if settled < 1 and behind >= settled * self._size:
                return
            await asyncio.sleep(LOOK_SECONDS)
