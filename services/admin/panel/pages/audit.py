from typing import Final

from starlette.responses import Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Page, Section, Show
from services.admin.panel.visit import Visit
from services.chassis.roles import AdminRole

PAGE_SIZE: Final = 50


def page(desk: Desk) -> Page:
    """What admins did."""

    async def show(visit: Visit) -> Response:
        before = visit.query.get("before", "")
        place = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
        deeds, older = await desk.audit_log.latest(PAGE_SIZE, before=place)
        return visit.show("audit.html", deeds=deeds, older=older, is_latest=not place)

    return Page("audit", "/audit", Section.HOUSE, AdminRole.OWNER, (Show("/audit", show),))
