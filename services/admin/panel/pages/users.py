import re
from typing import Final

import structlog
from quartet.gateway.v1 import people_service_pb2 as pb
from quartet.gateway.v1.people_service_pb2_grpc import PeopleServiceStub
from starlette.responses import RedirectResponse, Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Page, Section, Show
from services.admin.panel.records import Records
from services.admin.panel.standings import actor, rows_of
from services.admin.panel.visit import Visit
from services.chassis.errors import QuartetError, ResourceNotFound
from services.chassis.roles import AdminRole

log = structlog.get_logger()

KEY: Final = re.compile(r"[0-9a-f]{16}")
TELEGRAM_ID: Final = re.compile(r"-?[1-9][0-9]{0,14}")
MOST_USERS: Final = 50
MOST_REQUESTS: Final = 50


def page(desk: Desk) -> Page:
    """Who uses the bot, and what came of it: never what they said."""
    records = Records(desk.database, desk.settings.environment)
    people = PeopleServiceStub(desk.neighbours.gateway)

    async def person(visit: Visit, key: int) -> pb.GetPersonResponse | None:
        """Whom a key means; None where that is not known, or the gateway does not say."""
        try:
            resolved = await people.ResolveKeys(pb.ResolveKeysRequest(actor=actor(visit), keys=[key]))
            if not resolved.keys:
                return None
            return await people.GetPerson(pb.GetPersonRequest(actor=actor(visit), id=resolved.keys[0].id))
        except QuartetError as error:
            log.info("person_not_known", reason=error.reason)
            return None

    async def show(visit: Visit) -> Response:
        query = visit.query.get("q", "").strip().lower()
        if KEY.fullmatch(query):
            return RedirectResponse(f"/users/{query}", 303)
        if TELEGRAM_ID.fullmatch(query):
            return RedirectResponse(f"/people/{query}", 303)
        return visit.show("users.html", query=query, active=await records.active(most=MOST_USERS))

    async def one(visit: Visit) -> Response:
        key = str(visit.request.path_params["key"])
        if not KEY.fullmatch(key):
            raise ResourceNotFound("no such user")
        number = int(key, 16)
        known = await person(visit, number)
        return visit.show(
            "user.html",
            key=key,
            subject=known.subject if known else None,
            uses=rows_of(known.uses) if known else [],
            services=await records.by_service(number),
            requests=await records.of_user(number, most=MOST_REQUESTS),
            feedback=await records.feedback_of(number),
            trace_url=desk.settings.panel_trace_url,
        )

    routes = (Show("/users", show), Show("/users/{key}", one))
    return Page("users", "/users", Section.PEOPLE, AdminRole.OPERATOR, routes)
