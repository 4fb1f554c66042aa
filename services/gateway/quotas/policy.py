from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.chassis.roles import Admins
from services.gateway.access.register import Register
from services.gateway.quotas.measures import Limits
from services.gateway.quotas.plan import Plan
from services.gateway.quotas.tally import TOTAL, group_scope, user_scope


class Scope(StrEnum):
    """Whom limits are of."""

    USER = "user"
    GROUP = "group"
    ROLE = "role"
    PLAN = "plan"
    TOTAL = "total"


class LimitSet(NamedTuple):
    """The limits of one scope: what the configuration says, and what was set since, which goes before that.

    `name`: of the plan or the role.
    """

    scope: Scope
    name: str
    configured: Limits
    set: Limits


class Policy:
    """Which limits hold for whom: what operators set goes before the plan, and that before the usual ones.

    The usual ones of admins may be others, by role.
    """

    def __init__(
        self, usual: Plan, register: Register, zone: ZoneInfo, *, admins: Admins | None = None
    ) -> None:
        self._usual = usual
        self._register = register
        self._zone = zone
        self._admins = admins or Admins()

    def zone_of(self, user_id: int) -> ZoneInfo:
        """Where a person's days begin and end."""
        name = self._register.of(user_id).time_zone
        return ZoneInfo(name) if name else self._zone

    def limits_of(self, subject_id: int) -> Limits:
        """Those of a user, or of a group, whose id is negative."""
        standing = self._register.of(subject_id)
        if subject_id < 0:
            return {**self._usual.group, **standing.limits}
        plan = {**self._usual.plans.get(standing.plan, {}), **self._register.limits.get(standing.plan, {})}
        return {**self._usual_of(subject_id), **(plan if standing.plan else {}), **standing.limits}

    def _usual_of(self, user_id: int) -> Limits:
        role = self._admins.role_of(user_id)
        return self._usual.roles.get(role.title, self._usual.user) if role else self._usual.user

    @property
    def sets(self) -> list[LimitSet]:
        """Every limit of the house."""
        usual, own = self._usual, self._register.limits
        roles = [LimitSet(Scope.ROLE, name, limits, {}) for name, limits in sorted(usual.roles.items())]
        plans = [
            LimitSet(Scope.PLAN, name, usual.plans.get(name, {}), own.get(name, {})) for name in self.plans
        ]
        return [
            LimitSet(Scope.USER, "", usual.user, {}),
            LimitSet(Scope.GROUP, "", usual.group, {}),
            *roles,
            *plans,
            LimitSet(Scope.TOTAL, "", usual.total, own.get("", {})),
        ]

    @property
    def zone(self) -> ZoneInfo:
        """Where the days of all people together begin and end."""
        return self._zone

    @property
    def total(self) -> Limits:
        """Those of all people together."""
        return {**self._usual.total, **self._register.limits.get("", {})}

    @property
    def plans(self) -> list[str]:
        """The names of the plans that somebody may have."""
        return sorted({*self._usual.plans, *self._register.limits} - {""})

    def has_plan(self, name: str) -> bool:
        return name in self.plans

    def scopes_of(self, user_id: int, chat_id: int) -> list[tuple[str, Limits]]:
        """Return all limits that hold for what somebody asks in a chat: the own ones first."""
        found = [(user_scope(user_id), self.limits_of(user_id))]
        if chat_id < 0:
            found.append((group_scope(chat_id), self.limits_of(chat_id)))
        return [*found, (TOTAL, self.total)]
