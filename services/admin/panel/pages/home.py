from starlette.responses import Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Page, Section, Show
from services.admin.panel.visit import Visit
from services.chassis.roles import AdminRole


def page(_desk: Desk) -> Page:
    """The first page: what there is, by role."""

    async def show(visit: Visit) -> Response:
        return visit.show("home.html")

    return Page("home", "/", Section.FIGURES, AdminRole.ANALYST, (Show("/", show),))
