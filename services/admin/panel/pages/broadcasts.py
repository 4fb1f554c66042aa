import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup
from quartet.common.v1.actor_pb2 import Actor
from quartet.gateway.v1 import delivery_service_pb2 as pb
from quartet.gateway.v1.delivery_service_pb2_grpc import DeliveryServiceStub
from starlette.responses import Response

from services.admin.clickhouse import StatementRefused
from services.admin.panel.campaigns import Campaign, new_campaign
from services.admin.panel.desk import Desk
from services.admin.panel.draft import KEPT, Draft, draft_of
from services.admin.panel.look import look_of
from services.admin.panel.page import Act, Live, Page, Section, Show
from services.admin.panel.segment import NoSegment, keys_of
from services.admin.panel.visit import Visit
from services.admin.sql import NotAllowed
from services.chassis.errors import InvalidRequest, ResourceNotFound
from services.chassis.roles import AdminRole

MOST: Final = 10
EVERY_SECONDS: Final = 5.0
COURSES: Final = {
    "resume": pb.DELIVERY_COURSE_RUNNING,
    "pause": pb.DELIVERY_COURSE_PAUSED,
    "cancel": pb.DELIVERY_COURSE_CANCELLED,
}
PRIVATE: Final = frozenset({"markdown", "user_keys", KEPT})
BAD: Final = 400


@dataclass(frozen=True)
class Preview:
    """What a draft will look like, and how many would get it."""

    look: Markup
    recipient_count: int


class Broadcasts:
    """Messages to many: looked at, sent to oneself, then to a segment; how far each is, and its steering."""

    def __init__(self, desk: Desk) -> None:
        self._campaigns = desk.campaigns
        self._analysts = desk.insight.analysts
        self._stub = DeliveryServiceStub(desk.neighbours.gateway)

    async def show(self, visit: Visit) -> Response:
        return await self._page(visit, Draft())

    async def live(self, visit: Visit) -> str:
        return visit.render("broadcasts_part.html", rows=await self._rows(visit))

    async def compose(self, visit: Visit) -> Response:
        draft = Draft(visit.form_fields)
        try:
            draft = await draft_of(visit)
            return await self._composed(visit, draft)
        except InvalidRequest as error:
            problem = "; ".join(f"{one.field}: {one.description}" for one in error.violations)
        except NoSegment as error:
            problem = visit.say(error.key)
        except NotAllowed as error:
            problem = visit.say("sql-not-allowed", reason=str(error))
        except StatementRefused as error:
            problem = visit.say("sql-refused", reason=str(error)[:500])
        return await self._page(visit, draft, problem=problem)

    async def _composed(self, visit: Visit, draft: Draft) -> Response:
        what, said = visit.form_fields.get("what"), {}
        audience = draft.audience(await self._found(draft))
        if what == "all" and draft.is_seen:
            await self._send(visit, draft, audience)
            return visit.back("/broadcasts", "done-broadcast-ordered")
        if what == "all":
            said = {"notice": visit.say("broadcast-changed")}
        elif what == "me":
            await self._deliver(visit, draft, pb.Audience(actor_only=True), f"preview-{secrets.token_hex(8)}")
            said = {"notice": visit.say("done-broadcast-previewed")}
        asked = pb.PreviewDeliveryRequest(actor=_actor(visit), message=draft.message, audience=audience)
        found = await self._stub.PreviewDelivery(asked)
        preview = Preview(look_of(found.text, found.entities), found.recipient_count)
        return await self._page(visit, draft, preview, **said)

    async def _found(self, draft: Draft) -> list[int]:
        sql = draft.value("sql").strip()
        return await keys_of(self._analysts, sql) if sql and self._analysts else []

    async def _send(self, visit: Visit, draft: Draft, audience: pb.Audience) -> None:
        campaign = new_campaign(draft.campaign_id, visit.user_id, draft.value("markdown"), draft.scheduled_at)
        await self._campaigns.keep(campaign)
        await self._deliver(visit, draft, audience, campaign.campaign_id)

    async def _deliver(self, visit: Visit, draft: Draft, audience: pb.Audience, delivery_id: str) -> None:
        request = pb.DeliverRequest(
            actor=_actor(visit),
            delivery_id=delivery_id,
            message=draft.message,
            audience=audience,
            messages_per_second=draft.messages_per_second,
        )
        if draft.scheduled_at and not audience.actor_only:
            request.schedule_time.FromSeconds(int(draft.scheduled_at))
        await self._stub.Deliver(request)

    async def _page(
        self, visit: Visit, draft: Draft, preview: Preview | None = None, **said: str
    ) -> Response:
        """`said`: a `notice`, or a `problem`."""
        context: dict[str, Any] = {"problem": "", **said}
        return visit.show(
            "broadcasts.html",
            BAD if context["problem"] else 200,
            rows=await self._rows(visit),
            draft=draft,
            preview=preview,
            has_sql=self._analysts is not None,
            **context,
        )

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
        Act("/broadcasts", broadcasts.compose, "broadcast.compose", private=PRIVATE),
        Act("/broadcasts/steer", broadcasts.steer, "broadcast.steer"),
    )
    return Page("broadcasts", "/broadcasts", Section.PEOPLE, AdminRole.OPERATOR, routes)


def _actor(visit: Visit) -> Actor:
    return Actor(user_id=visit.user_id)


def _progress(found: pb.GetDeliveryResponse) -> dict[str, Any]:
    fates, reasons = Counter[str](), []
    for tally in found.tallies:
        name = pb.DeliveryFate.Name(tally.fate).removeprefix("DELIVERY_FATE_").lower()
        fates[name] += tally.count
        if tally.reason:
            reasons.append((tally.count, tally.reason))
    course = pb.DeliveryCourse.Name(found.course).removeprefix("DELIVERY_COURSE_").lower()
    return {"course": course, "fates": sorted(fates.items()), "reasons": sorted(reasons, reverse=True)[:5]}
