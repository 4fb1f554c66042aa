from typing import Final

from quartet.gateway.v1 import people_service_pb2 as pb
from quartet.gateway.v1.people_service_pb2_grpc import PeopleServiceStub
from starlette.responses import RedirectResponse, Response

from services.admin.panel.desk import Desk
from services.admin.panel.page import Act, Page, Section, Show
from services.admin.panel.standings import actor, limit_fields, rows_of, standing_of, subject_id_of
from services.admin.panel.visit import Visit
from services.chassis.roles import AdminRole

MOST: Final = 200
KINDS: Final = {
    "banned": pb.STANDING_KIND_BANNED,
    "allowed": pb.STANDING_KIND_ALLOWED,
    "focus": pb.STANDING_KIND_FOCUS_GROUP,
    "plan": pb.STANDING_KIND_PLAN,
    "limits": pb.STANDING_KIND_OWN_LIMITS,
}


def page(desk: Desk) -> Page:
    """Who may use the bot, and how much: bans, plans, limits and modes, which the gateway keeps."""
    stub = PeopleServiceStub(desk.neighbours.gateway)

    async def show(visit: Visit) -> Response:
        if query := visit.query.get("q", "").strip():
            return RedirectResponse(f"/people/{subject_id_of(query)}", 303)
        shown = visit.query.get("show", "")
        kind = KINDS.get(shown, pb.STANDING_KIND_UNSPECIFIED)
        found = await stub.ListPeople(pb.ListPeopleRequest(actor=actor(visit), kind=kind, page_size=MOST))
        mode = await stub.GetMode(pb.GetModeRequest(actor=actor(visit)))
        return visit.show("people.html", subjects=found.subjects, kinds=KINDS, shown=shown, mode=mode)

    async def one(visit: Visit) -> Response:
        subject_id = subject_id_of(str(visit.request.path_params["id"]))
        found = await stub.GetPerson(pb.GetPersonRequest(actor=actor(visit), id=subject_id))
        standing = found.subject.standing
        return visit.show(
            "person.html",
            id=subject_id,
            is_group=subject_id < 0,
            standing=standing,
            uses=rows_of(found.uses),
            limits=limit_fields(standing),
            key=f"{found.user_key:016x}" if found.user_key else "",
            heard_at=found.hear_time.seconds,
            speaks=found.language_code,
            admin_role=desk.settings.admins.role_of(subject_id),
        )

    async def change(visit: Visit) -> Response:
        subject_id = subject_id_of(str(visit.request.path_params["id"]))
        subject = pb.Subject(id=subject_id, standing=standing_of(visit.form_fields))
        await stub.SetPerson(pb.SetPersonRequest(actor=actor(visit), subject=subject))
        return visit.back(f"/people/{subject_id}", "done-person-set")

    async def set_mode(visit: Visit) -> Response:
        request = pb.SetModeRequest(
            actor=actor(visit),
            is_in_maintenance="is_in_maintenance" in visit.form_fields,
            is_allow_list_on="is_allow_list_on" in visit.form_fields,
        )
        await stub.SetMode(request)
        return visit.back("/people", "done-mode-set")

    routes = (
        Show("/people", show),
        Act("/people/mode", set_mode, "mode.set"),
        Show("/people/{id}", one),
        Act("/people/{id}/set", change, "person.set"),
    )
    return Page("people", "/people", Section.PEOPLE, AdminRole.OPERATOR, routes)
