from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Final

from services.chassis.errors import InvalidRequest, ResourceNotFound
from services.gateway.admin_client import AdminClient, Campaign
from services.gateway.administration.office import Office
from services.gateway.broadcasts.deliveries import Deliveries
from services.gateway.broadcasts.letter import Letter
from services.gateway.broadcasts.order import Audience, ChatKind, Course, Order, Tally

MOST: Final = 5


class Segment(StrEnum):
    """Whom a broadcast may go to; others are chosen in the panel."""

    EVERYBODY = "all"
    RUSSIAN = "ru"
    ENGLISH = "en"
    WEEK = "week"
    """Who was heard of in this time."""
    MONTH = "month"
    PRIVATE = "private"
    GROUPS = "groups"


AUDIENCES: Final[Mapping[Segment, Audience]] = {
    Segment.EVERYBODY: Audience(),
    Segment.RUSSIAN: Audience(language_code="ru"),
    Segment.ENGLISH: Audience(language_code="en"),
    Segment.WEEK: Audience(active_days=7),
    Segment.MONTH: Audience(active_days=30),
    Segment.PRIVATE: Audience(chat_kind=ChatKind.PRIVATE),
    Segment.GROUPS: Audience(chat_kind=ChatKind.GROUP),
}


class Campaigning:
    """Broadcasts that operators order and steer from inside Telegram.

    A draft is a delivery to its author alone: they see what everybody would get, and it stands in the ledger
    until it is sent. Raises PermissionDenied, ServiceUnavailable, ResourceNotFound.
    """

    def __init__(self, deliveries: Deliveries, admin: AdminClient, office: Office) -> None:
        self._deliveries = deliveries
        self._admin = admin
        self._office = office

    async def latest(self, actor_id: int) -> list[tuple[Campaign, Course]]:
        """The newest first, each with what it does now."""
        self._office.require(actor_id)
        listed = []
        for campaign in await self._admin.campaigns(actor_id, MOST):
            # One that was written down and never ordered went nowhere.
            with suppress(ResourceNotFound):
                order = await self._deliveries.ledger.order(campaign.campaign_id)
                listed.append((campaign, order.course))
        return listed

    async def draft(self, actor_id: int, draft_id: str, order: Order) -> None:
        """Show a message to its author as everybody would get it; once, however often it is asked.

        Raises InvalidRequest where it is not one message of Telegram.
        """
        self._office.require(actor_id)
        if not Letter(order).fits:
            raise InvalidRequest("not one message of Telegram")
        await self._deliveries.order(
            draft_id, order.model_copy(update={"audience": Audience(chat_id=actor_id)})
        )

    async def sizes(self, actor_id: int) -> dict[Segment, int]:
        """How many chats each segment has."""
        self._office.require(actor_id)
        sizes = await self._deliveries.recipients.sizes(list(AUDIENCES.values()))
        return dict(zip(AUDIENCES, sizes, strict=True))

    async def send(self, actor_id: int, draft_id: str, segment: Segment) -> str:
        """Send a draft to a segment, and return its delivery.

        It goes out once, however often it is asked: in two segments there may be the same people.
        """
        self._office.require(actor_id)
        drafted = await self._deliveries.ledger.order(draft_id)
        order = Order.model_validate(
            {
                **drafted.model_dump(include={"markdown", "is_plain", "entities", "picture_file_id"}),
                "audience": AUDIENCES[segment],
            }
        )
        delivery_id = f"{draft_id}-sent"
        details = {"delivery_id": delivery_id, "segment": segment.value}
        async with self._office.deed(actor_id, "broadcast.compose", details):
            await self._admin.record_campaign(actor_id, delivery_id, drafted.markdown)
            await self._deliveries.order(delivery_id, order)
        return delivery_id

    async def progress(self, actor_id: int, delivery_id: str) -> tuple[str, Course, tuple[Tally, ...]]:
        """What a broadcast says, what it does now, and what has become of its copies."""
        self._office.require(actor_id)
        order = await self._deliveries.ledger.order(delivery_id)
        course, tallies = await self._deliveries.progress.of(delivery_id)
        return order.markdown, course, tallies

    async def steer(self, actor_id: int, delivery_id: str, course: Course) -> None:
        """Have a broadcast wait, go on, end, or be taken back."""
        details = {"delivery_id": delivery_id, "what": course.value}
        async with self._office.deed(actor_id, "broadcast.steer", details):
            if course is Course.RETRACTED:
                await self._deliveries.retract(delivery_id)
            else:
                await self._deliveries.ledger.steer(delivery_id, course)
