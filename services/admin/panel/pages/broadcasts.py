import datetime
import secrets
from collections import Counter
from typing import Any, Final

from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import delivery_service_pb2 as pb
from quartet.gateway.v1.delivery_service_pb2_grpc import DeliveryServiceStub
from starlette.responses import Response

from services.admin.panel.campaigns import Campaign, new_campaign
from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Live, Page, Section, Show
from services.admin.panel.visit import Visit
from services.chassis.errors import InvalidRequest, ResourceNotFound, Violation
from services.chassis.roles import AdminRole

MOST: Final = 10
EVERY_SECONDS: Final = 5.0
KINDS: Final = {"private": pb.CHAT_KIND_PRIVATE, "group": pb.CHAT_KIND_GROUP}
COURSES: Final = {
    "resume": pb.DELIVERY_COURSE_RUNNING,
    "pause": pb.DELIVERY_COURSE_PAUSED,
    "cancel": pb.DELIVERY_COURSE_CANCELLED,
}
PRIVATE: Final = frozenset({"markdown", "user_keys"})


class Broadcasts:
    """Messages to many: to oneself first, then to a segment; how far each is, and how to steer it."""

    def __init__(self, desk: Desk) -> None:
        self._campaigns = desk.campaigns
        self._stub = DeliveryServiceStub(desk.neighbours.gateway)

    async def show(self, visit: Visit) -> Response:
        return visit.show("broadcasts.html", rows=await self._rows(visit))

    async def live(self, visit: Visit) -> str:
        return visit.render("broadcasts_part.html", rows=await self._rows(visit))

    async def send(self, visit: Visit) -> Response:
        request = _order(visit)
        match visit.form_fields.get("what"):
            case "count":
                asked = pb.CountRecipientsRequest(actor=request.actor, audience=request.audience)
                count = (await self._stub.CountRecipients(asked)).recipient_count
                return visit.back("/broadcasts", "done-broadcast-counted", count=count)
            case "all":
                scheduled_at = float(request.schedule_time.seconds)
                campaign = new_campaign(visit.user_id, request.message.markdown, scheduled_at)
                await self._campaigns.keep(campaign)
                request.delivery_id = campaign.campaign_id
                await self._stub.Deliver(request)
                return visit.back("/broadcasts", "done-broadcast-ordered")
            case _:
                request.delivery_id = f"preview-{secrets.token_hex(8)}"
                request.audience.CopyFrom(pb.Audience(actor_only=True))
                request.ClearField("schedule_time")
                await self._stub.Deliver(request)
                return visit.back("/broadcasts", "done-broadcast-previewed")

    async def steer(self, visit: Visit) -> Response:
        actor, delivery_id = _actor(visit), visit.form_fields.get("delivery_id", "")
        what = visit.form_fields.get("what", "")
        if what == "retract":
            await self._stub.RetractDelivery(pb.RetractDeliveryRequest(actor=actor, delivery_id=delivery_id))
        else:
            course = COURSES.get(what, pb.DELIVERY_COURSE_UNSPECIFIED)
            asked = pb.SteerDeliveryRequest(actor=actor, delivery_id=delivery_id, course=course)
            await self._stub.SteerDelivery(asked)
        return visit.back("/broadcasts", "done-broadcast-steered")

    async def _rows(self, visit: Visit) -> list[dict[str, Any]]:
        return [await self._row(visit, one) for one in await self._campaigns.latest(MOST)]

    async def _row(self, visit: Visit, campaign: Campaign) -> dict[str, Any]:
        request = pb.GetDeliveryRequest(actor=_actor(visit), delivery_id=campaign.campaign_id)
        try:
            found = await self._stub.GetDelivery(request)
        except ResourceNotFound:
            found = pb.GetDeliveryResponse()  # written down, and never ordered
        return {"campaign": campaign, **_progress(found)}


def page(desk: Desk) -> Page:
    """Broadcasts, for operators."""
    broadcasts = Broadcasts(desk)
    routes = (
        Show("/broadcasts", broadcasts.show),
        Live("/broadcasts/live", broadcasts.live, every_seconds=EVERY_SECONDS),
        Act("/broadcasts/send", broadcasts.send, "broadcast.send", private=PRIVATE),
        Act("/broadcasts/steer", broadcasts.steer, "broadcast.steer"),
    )
    return Page("broadcasts", "/broadcasts", Section.PEOPLE, AdminRole.OPERATOR, routes)


def _actor(visit: Visit) -> Actor:
    return Actor(user_id=visit.user_id)


def _order(visit: Visit) -> pb.DeliverRequest:
    fields = visit.form_fields
    audience = pb.Audience(
        language_code=fields.get("language", ""),
        active_days=_number(fields, "active_days"),
        chat_kind=KINDS.get(fields.get("chat_kind", ""), pb.CHAT_KIND_UNSPECIFIED),
        user_keys=_keys(fields.get("user_keys", "")),
    )
    message = pb.DeliveryMessage(markdown=fields.get("markdown", "").replace("\r\n", "\n"))
    if fields.get("button_text") or fields.get("button_url"):
        message.buttons.add(text=fields.get("button_text", ""), url=fields.get("button_url", ""))
    pace = _number(fields, "messages_per_second")
    request = pb.DeliverRequest(
        actor=_actor(visit), message=message, audience=audience, messages_per_second=pace
    )
    if at := fields.get("schedule_time"):
        try:
            moment = datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC)
        except ValueError as error:
            raise InvalidRequest(violations=[Violation("schedule_time", "is no time")]) from error
        request.schedule_time.FromDatetime(moment)
    return request


def _number(fields: Any, name: str) -> int:
    value = fields.get(name, "") or "0"
    if not (value.isascii() and value.isdigit() and len(value) < 5):
        raise InvalidRequest(violations=[Violation(name, "is no number")])
    return int(value)


def _keys(text: str) -> list[int]:
    """Keys of users as the SQL page shows them: decimal numbers, between whatever is no digit."""
    words = text.replace(",", " ").replace('"', " ").split()
    if not all(word.isascii() and word.isdigit() and int(word) < 2**64 for word in words):
        raise InvalidRequest(violations=[Violation("user_keys", "are no keys")])
    return [int(word) for word in words]


def _progress(found: pb.GetDeliveryResponse) -> dict[str, Any]:
    fates, reasons = Counter[str](), []
    for tally in found.tallies:
        name = pb.DeliveryFate.Name(tally.fate).removeprefix("DELIVERY_FATE_").lower()
        fates[name] += tally.count
        if tally.reason:
            reasons.append((tally.count, tally.reason))
    course = pb.DeliveryCourse.Name(found.course).removeprefix("DELIVERY_COURSE_").lower()
    return {"course": course, "fates": sorted(fates.items()), "reasons": sorted(reasons, reverse=True)[:5]}
