from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import grpc
from quartet.gateway.v1 import people_service_pb2 as pb
from quartet.gateway.v1.people_service_pb2_grpc import (
    PeopleServiceServicer,
    add_PeopleServiceServicer_to_server,
)

from services.chassis.errors import InvalidRequest, ResourceNotFound, Violation
from services.chassis.roles import AdminRole, Admins
from services.chassis.server import Registration
from services.gateway.access.register import Register
from services.gateway.access.standing import Mode, Standing
from services.gateway.bookkeeping.directory import Directory
from services.gateway.bookkeeping.keyring import Keyring
from services.gateway.quotas.measures import Limits, limit_name
from services.gateway.quotas.plan import check_limits
from services.gateway.quotas.policy import Policy, Scope
from services.gateway.quotas.quotas import Use
from services.gateway.quotas.statement import Statements

Context = grpc.aio.ServicerContext[Any, Any]

USUAL_PAGE_SIZE: Final = 100
LARGEST_PAGE_SIZE: Final = 500
SCOPES: Final = {
    Scope.USER: pb.LIMIT_SCOPE_USER,
    Scope.GROUP: pb.LIMIT_SCOPE_GROUP,
    Scope.ROLE: pb.LIMIT_SCOPE_ROLE,
    Scope.PLAN: pb.LIMIT_SCOPE_PLAN,
    Scope.TOTAL: pb.LIMIT_SCOPE_TOTAL,
}


class PeopleServicer(PeopleServiceServicer):
    """quartet.gateway.v1.PeopleService, in terms of the domain."""

    def __init__(
        self,
        register: Register,
        policy: Policy,
        statements: Statements,
        directory: Directory,
        keyring: Keyring,
        admins: Admins,
    ) -> None:
        self._register = register
        self._policy = policy
        self._statements = statements
        self._directory = directory
        self._keyring = keyring
        self._admins = admins

    def registration(self) -> Registration:
        """Return what a server needs to serve this."""
        name = pb.DESCRIPTOR.services_by_name["PeopleService"].full_name
        return Registration(add_PeopleServiceServicer_to_server, self, name)

    async def ListPeople(  # noqa: N802 - the contract's name
        self, request: pb.ListPeopleRequest, _context: Context
    ) -> pb.ListPeopleResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        _require(
            "page_size", 0 <= request.page_size <= LARGEST_PAGE_SIZE, f"must be 0 to {LARGEST_PAGE_SIZE}"
        )
        known = sorted(self._register.standings.items(), reverse=True)
        found = [(each, standing) for each, standing in known if _is_meant(standing, request.kind)]
        most = request.page_size or USUAL_PAGE_SIZE
        return pb.ListPeopleResponse(subjects=[_subject(*one) for one in found[:most]])

    async def GetPerson(  # noqa: N802 - the contract's name
        self, request: pb.GetPersonRequest, _context: Context
    ) -> pb.GetPersonResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        _require("id", request.id != 0, "must not be zero")
        used = await self._statements.of(request.id)
        response = pb.GetPersonResponse(
            subject=_subject(request.id, self._register.of(request.id)),
            uses=[_use(each) for each in used],
            user_key=self._keyring.user(request.id) if request.id > 0 else 0,
        )
        # A person's own chat has their id; who is known from groups alone has none.
        keys = self._keyring.chat(request.id), response.user_key
        heard = await self._directory.find(keys[0]) or await self._directory.find(keys[1])
        if heard is not None:
            response.hear_time.FromSeconds(int(heard.heard_at))
            response.language_code = heard.language_code
        return response

    async def SetPerson(  # noqa: N802 - the contract's name
        self, request: pb.SetPersonRequest, _context: Context
    ) -> pb.SetPersonResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        asked = request.subject.standing
        _require("subject.id", request.subject.id != 0, "must not be zero")
        _require_limits("subject.standing.limits", asked.limits)
        is_zone = not asked.time_zone or asked.time_zone in available_timezones()
        _require("subject.standing.time_zone", is_zone, "must be a name such as Europe/Moscow")
        if asked.plan and not self._policy.has_plan(asked.plan):
            raise ResourceNotFound("there is no such plan", metadata={"resource": "plan"})
        await self._register.set_standing(request.subject.id, _standing(asked))
        return pb.SetPersonResponse()

    async def GetLimits(  # noqa: N802 - the contract's name
        self, request: pb.GetLimitsRequest, _context: Context
    ) -> pb.GetLimitsResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        sets = [
            pb.LimitSet(scope=SCOPES[each.scope], name=each.name, configured=each.configured, set=each.set)
            for each in self._policy.sets
        ]
        return pb.GetLimitsResponse(sets=sets, uses=map(_use, await self._statements.of_all()))

    async def SetLimits(  # noqa: N802 - the contract's name
        self, request: pb.SetLimitsRequest, _context: Context
    ) -> pb.SetLimitsResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        _require_limits("limits", request.limits)
        is_name = not request.plan or (request.plan.isascii() and request.plan.isalnum())
        _require("plan", is_name, "must be letters and digits")
        await self._register.set_limits(request.plan, dict(request.limits))
        return pb.SetLimitsResponse()

    async def GetMode(  # noqa: N802 - the contract's name
        self, request: pb.GetModeRequest, _context: Context
    ) -> pb.GetModeResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        return pb.GetModeResponse(**self._register.mode.model_dump())

    async def SetMode(  # noqa: N802 - the contract's name
        self, request: pb.SetModeRequest, _context: Context
    ) -> pb.SetModeResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        mode = Mode(is_in_maintenance=request.is_in_maintenance, is_allow_list_on=request.is_allow_list_on)
        await self._register.set_mode(mode)
        return pb.SetModeResponse()

    async def ResolveKeys(  # noqa: N802 - the contract's name
        self, request: pb.ResolveKeysRequest, _context: Context
    ) -> pb.ResolveKeysResponse:
        self._admins.require(request.actor.user_id, AdminRole.OPERATOR)
        _require("keys", len(request.keys) <= LARGEST_PAGE_SIZE, f"must be at most {LARGEST_PAGE_SIZE}")
        response = pb.ResolveKeysResponse()
        for key in request.keys:
            if found := await self._directory.find(key):
                response.keys.add(key=key, id=found.user_id or found.chat_id)
        return response


def _is_meant(standing: Standing, kind: pb.StandingKind.ValueType) -> bool:
    held = {
        pb.STANDING_KIND_BANNED: standing.is_banned,
        pb.STANDING_KIND_ALLOWED: standing.is_allowed,
        pb.STANDING_KIND_FOCUS_GROUP: standing.is_in_focus_group,
        pb.STANDING_KIND_PLAN: bool(standing.plan),
        pb.STANDING_KIND_OWN_LIMITS: bool(standing.limits),
    }
    return held.get(kind, True)


def _require(field: str, is_right: bool, rule: str) -> None:
    if not is_right:
        raise InvalidRequest(violations=[Violation(field, rule)])


def _require_limits(field: str, limits: Limits) -> None:
    try:
        check_limits(limits)
    except ValueError as error:
        raise InvalidRequest(violations=[Violation(field, str(error))]) from error


def _standing(asked: pb.Standing) -> Standing:
    return Standing(
        is_banned=asked.is_banned,
        ban_reason=asked.ban_reason,
        is_allowed=asked.is_allowed,
        is_in_focus_group=asked.is_in_focus_group,
        plan=asked.plan,
        limits=dict(asked.limits),
        time_zone=asked.time_zone and ZoneInfo(asked.time_zone).key,
    )


def _subject(subject_id: int, standing: Standing) -> pb.Subject:
    return pb.Subject(id=subject_id, standing=pb.Standing(**standing.model_dump()))


def _use(use: Use) -> pb.Use:
    written = pb.Use(name=limit_name(use.measure, use.period), limit=use.limit, used=use.used)
    written.renew_time.FromDatetime(use.renews_at)
    return written
