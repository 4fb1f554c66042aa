from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from services.chassis.errors import PermissionDenied
from services.chassis.settings import ServiceSettings

Ids = Annotated[frozenset[int], NoDecode]


class AdminRole(IntEnum):
    """What an admin may do; whoever has a greater one may do everything that a lesser one may."""

    ANALYST = 1
    """Looks at figures, never at people."""
    OPERATOR = 2
    """Runs the bot: people, limits, bans, broadcasts, vendors, jobs."""
    OWNER = 3
    """Everything, such as settings that concern all, and workloads."""

    @property
    def title(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Admins:
    """Who has which role, by Telegram ids. Of several roles the greatest counts."""

    owners: frozenset[int] = frozenset()
    operators: frozenset[int] = frozenset()
    analysts: frozenset[int] = frozenset()

    def role_of(self, user_id: int) -> AdminRole | None:
        if user_id in self.owners:
            return AdminRole.OWNER
        if user_id in self.operators:
            return AdminRole.OPERATOR
        return AdminRole.ANALYST if user_id in self.analysts else None

    def require(self, user_id: int, least: AdminRole) -> AdminRole:
        """Return the role. Raises PermissionDenied where there is none or a lesser one."""
        role = self.role_of(user_id)
        if role is None or role < least:
            raise PermissionDenied(metadata={"role": least.title})
        return role

    def at_least(self, least: AdminRole) -> list[int]:
        """Return the ids of all who have this role or a greater one, sorted."""
        everyone = self.owners | self.operators | self.analysts
        return sorted(one for one in everyone if (self.role_of(one) or 0) >= least)


class RoleSettings(ServiceSettings):
    """Who the admins are; the same in the gateway and in admin."""

    admin_ids: Ids = Field(frozenset(), description="Telegram ids of the owners, separated by commas.")
    operator_ids: Ids = Field(frozenset(), description="Telegram ids of the operators, separated by commas.")
    analyst_ids: Ids = Field(frozenset(), description="Telegram ids of the analysts, separated by commas.")

    @field_validator("admin_ids", "operator_ids", "analyst_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @property
    def admins(self) -> Admins:
        return Admins(self.admin_ids, self.operator_ids, self.analyst_ids)
