from starlette.responses import Response

from services.admin.panel.access.sessions import Session
from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Page, Section, Show
from services.admin.panel.switchboard import LEVELS, SERVICES
from services.admin.panel.visit import Visit
from services.chassis.errors import PermissionDenied
from services.chassis.roles import AdminRole


def page(desk: Desk) -> Page:
    """Who is in the panel, and what concerns the whole house."""

    async def show(visit: Visit) -> Response:
        switches = await desk.switchboard.all() if visit.may(AdminRole.OWNER) else {}
        return visit.show(
            "settings.html",
            sessions=await _sessions(desk, visit),
            me=visit.session,
            levels=[(service, switches.get(f"log_level.{service}", "")) for service in SERVICES],
            known_levels=LEVELS,
        )

    async def log(visit: Visit) -> Response:
        service, level = visit.form_fields.get("service", ""), visit.form_fields.get("level", "")
        await desk.switchboard.log(service, level)
        return visit.back("/settings", "done-log-level", service=service)

    async def end_session(visit: Visit) -> Response:
        session_id = visit.form_fields.get("session_id", "")
        if session_id not in {session.session_id for session in await _sessions(desk, visit)}:
            raise PermissionDenied("the session is over, or somebody else's")
        await desk.sessions.end(session_id)
        return visit.back("/settings", "done-session-ended")

    return Page(
        "settings",
        "/settings",
        Section.HOUSE,
        AdminRole.ANALYST,
        (
            Show("/settings", show),
            Act("/settings/sessions/end", end_session, "session.end"),
            Act("/settings/log", log, "log.level", least=AdminRole.OWNER),
        ),
    )


async def _sessions(desk: Desk, visit: Visit) -> list[Session]:
    """The sessions that a visitor may see and end: an owner everybody's, others their own."""
    everybody = await desk.sessions.all()
    if visit.may(AdminRole.OWNER):
        return everybody
    return [session for session in everybody if session.user_id == visit.user_id]
