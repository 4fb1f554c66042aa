from typing import Any, Final

from quartet.gateway.v1 import people_service_pb2 as pb
from quartet.gateway.v1.people_service_pb2_grpc import PeopleServiceStub
from starlette.responses import Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Page, Section, Show
from services.admin.panel.standings import actor, limits_of, rows_of, set_fields
from services.admin.panel.visit import Visit
from services.chassis.errors import InvalidRequest, Violation
from services.chassis.roles import AdminRole

SCOPES: Final = {
    pb.LIMIT_SCOPE_USER: "user",
    pb.LIMIT_SCOPE_GROUP: "group",
    pb.LIMIT_SCOPE_ROLE: "role",
    pb.LIMIT_SCOPE_PLAN: "plan",
    pb.LIMIT_SCOPE_TOTAL: "total",
}
SETTABLE: Final = (pb.LIMIT_SCOPE_PLAN, pb.LIMIT_SCOPE_TOTAL)
MAX_NAME_CHARACTERS: Final = 40


def page(desk: Desk) -> Page:
    """How much everybody may use: by plan, by role, and all together."""
    stub = PeopleServiceStub(desk.neighbours.gateway)

    async def show(visit: Visit) -> Response:
        told = await stub.GetLimits(pb.GetLimitsRequest(actor=actor(visit)))
        sets = sorted(map(_shown, told.sets), key=lambda each: each["scope"] != "total")
        return visit.show("limits.html", sets=sets, uses=rows_of(told.uses))

    async def change(visit: Visit) -> Response:
        plan = visit.form_fields.get("plan", "").strip()
        if visit.form_fields.get("scope") == "plan" and not (plan.isascii() and plan.isalnum()):
            raise InvalidRequest(violations=[Violation("plan", "letters and digits")])
        if len(plan) > MAX_NAME_CHARACTERS:
            raise InvalidRequest(violations=[Violation("plan", f"at most {MAX_NAME_CHARACTERS}")])
        limits = limits_of(visit.form_fields)
        await stub.SetLimits(pb.SetLimitsRequest(actor=actor(visit), plan=plan, limits=limits))
        return visit.back("/limits", "done-limits-set")

    routes = (Show("/limits", show), Act("/limits/set", change, "limits.set"))
    return Page("limits", "/limits", Section.PEOPLE, AdminRole.OPERATOR, routes)


def _shown(one: pb.LimitSet) -> dict[str, Any]:
    """What a page shows of one set of limits."""
    return {
        "scope": SCOPES.get(one.scope, ""),
        "name": one.name,
        "may_be_set": one.scope in SETTABLE,
        "fields": set_fields(one.configured, one.set),
    }
