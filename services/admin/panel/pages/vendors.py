from typing import Any, Final

from starlette.responses import Response

from services.admin.panel.catalogue import Catalogue
from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Live, Page, Section, Show
from services.admin.panel.records import Records
from services.admin.panel.visit import Visit
from services.chassis.roles import AdminRole

EVERY_SECONDS: Final = 5.0


def page(desk: Desk) -> Page:
    """The vendors and their models: how they do, and switches to turn them off."""
    catalogue = Catalogue(desk.nats.js, Records(desk.database, desk.settings.environment))

    async def drawn() -> dict[str, Any]:
        vendors, has_figures, has_health = await catalogue.vendors()
        return {
            "vendors": vendors,
            "has_figures": has_figures,
            "has_health": has_health,
            "switches": await desk.switchboard.all(),
        }

    async def show(visit: Visit) -> Response:
        return visit.show("vendors.html", **await drawn())

    async def live(visit: Visit) -> str:
        return visit.render("vendors_part.html", **await drawn())

    async def switch(visit: Visit) -> Response:
        provider, model = visit.form_fields.get("provider", ""), visit.form_fields.get("model", "")
        is_off = visit.form_fields.get("to") == "off"
        await desk.switchboard.turn(provider, model, is_off=is_off)
        notice = "done-switched-off" if is_off else "done-switched-on"
        return visit.back("/vendors", notice, what=model or provider)

    routes = (
        Show("/vendors", show),
        Live("/vendors/live", live, every_seconds=EVERY_SECONDS),
        Act("/vendors/switch", switch, "vendor.switch", least=AdminRole.OPERATOR),
    )
    return Page("vendors", "/vendors", Section.WORK, AdminRole.ANALYST, routes)
