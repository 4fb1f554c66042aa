from typing import Final
from uuid import UUID

from starlette.responses import Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Live, Page, Section, Show
from services.admin.panel.records import Records, Row
from services.admin.panel.visit import Visit
from services.chassis.errors import ResourceNotFound
from services.chassis.roles import AdminRole

MOST: Final = 100
SERVICES: Final = ("text", "image", "docs", "video")
EVERY_SECONDS: Final = 5.0


def page(desk: Desk) -> Page:
    """The requests that failed lately, each with its trace and with what vendors said."""
    records = Records(desk.database, desk.settings.environment)

    async def latest(visit: Visit) -> list[Row]:
        service, reason = visit.query.get("service", ""), visit.query.get("reason", "")
        return await records.failures(service=service, reason=reason, most=MOST)

    async def show(visit: Visit) -> Response:
        return visit.show(
            "failures.html",
            rows=await latest(visit),
            reasons=await records.reasons(),
            services=SERVICES,
            service=visit.query.get("service", ""),
            reason=visit.query.get("reason", ""),
            trace_url=desk.settings.panel_trace_url,
        )

    async def live(visit: Visit) -> str:
        trace_url = desk.settings.panel_trace_url
        return visit.render("failures_part.html", rows=await latest(visit), trace_url=trace_url)

    async def one(visit: Visit) -> Response:
        event_id: UUID = visit.request.path_params["event_id"]
        row = await records.request(event_id)
        if row is None:
            raise ResourceNotFound("no such request")
        calls = await records.calls(event_id)
        return visit.show("request.html", row=row, calls=calls, trace_url=desk.settings.panel_trace_url)

    routes = (
        Show("/failures", show),
        Live("/failures/live", live, every_seconds=EVERY_SECONDS),
        Show("/requests/{event_id:uuid}", one),
    )
    return Page("failures", "/failures", Section.WORK, AdminRole.ANALYST, routes)
