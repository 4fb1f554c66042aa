from typing import Final

from starlette.responses import Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Live, Page, Section, Show
from services.admin.panel.visit import Visit
from services.admin.workloads.workload import Overview
from services.chassis.errors import InvalidRequest, ServiceUnavailable, Violation
from services.chassis.roles import AdminRole

EVERY_SECONDS: Final = 3.0
PATH: Final = "/workloads"


def page(desk: Desk) -> Page:
    """What runs, in which release, and how often it fell; an owner scales, restarts and rolls back."""

    async def show(visit: Visit) -> Response:
        return visit.show("workloads.html", seen=await _seen(desk))

    async def live(visit: Visit) -> str:
        return visit.render("workloads_part.html", seen=await _seen(desk))

    async def scale(visit: Visit) -> Response:
        name, generation = _what(visit)
        replicas = _number(visit, "replicas")
        await desk.workloads.scale(name, replicas, generation=generation)
        return visit.back(PATH, "done-workload-scaled", name=name, replicas=replicas)

    async def restart(visit: Visit) -> Response:
        name, generation = _what(visit)
        await desk.workloads.restart(name, generation=generation)
        return visit.back(PATH, "done-workload-restarted", name=name)

    async def roll_back(visit: Visit) -> Response:
        name, generation = _what(visit)
        await desk.workloads.roll_back(name, _number(visit, "revision"), generation=generation)
        return visit.back(PATH, "done-workload-rolled-back", name=name)

    routes = (
        Show(PATH, show),
        Live(f"{PATH}/live", live, every_seconds=EVERY_SECONDS),
        Act(f"{PATH}/scale", scale, "workload.scale", least=AdminRole.OWNER),
        Act(f"{PATH}/restart", restart, "workload.restart", least=AdminRole.OWNER),
        Act(f"{PATH}/roll-back", roll_back, "workload.roll_back", least=AdminRole.OWNER),
    )
    return Page("workloads", PATH, Section.WORK, AdminRole.OPERATOR, routes)


async def _seen(desk: Desk) -> Overview | None:
    """What runs; None while Kubernetes does not answer: the page stays, and tries again."""
    try:
        return await desk.workloads.look()
    except ServiceUnavailable:
        return None


def _what(visit: Visit) -> tuple[str, int]:
    return visit.form_fields.get("name", ""), _number(visit, "generation")


def _number(visit: Visit, field: str) -> int:
    value = visit.form_fields.get(field, "")
    if not value.isdecimal() or len(value) > 18:
        raise InvalidRequest(violations=[Violation(field, "must be a whole number")])
    return int(value)
