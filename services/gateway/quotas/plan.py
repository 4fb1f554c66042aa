from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.chassis.roles import AdminRole
from services.gateway.quotas.measures import LIMIT_NAMES, Limits


class Plan(BaseModel):
    """The limits of the configuration; what has none is not limited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: dict[str, int] = Field(default_factory=dict)
    group: dict[str, int] = Field(default_factory=dict)
    total: dict[str, int] = Field(default_factory=dict)
    plans: dict[str, dict[str, int]] = Field(default_factory=dict)
    """Of users, by the name of their plan; they go before those of `user`."""
    roles: dict[str, dict[str, int]] = Field(default_factory=dict)
    """Of admins, by the title of their role, instead of those of `user`: `{}` is no limit at all."""

    @model_validator(mode="after")
    def _limits_are_known(self) -> Self:
        for limits in (self.user, self.group, self.total, *self.plans.values(), *self.roles.values()):
            check_limits(limits)
        titles = [role.title for role in AdminRole]
        for title in self.roles:
            if title not in titles:
                raise ValueError(f"{title} is no role; there are {', '.join(titles)}")
        return self


def check_limits(limits: Limits) -> None:
    """Raises ValueError for a name that is none, or a number below zero."""
    for name, number in limits.items():
        if name not in LIMIT_NAMES:
            raise ValueError(f"{name} is no limit; there are {', '.join(sorted(LIMIT_NAMES))}")
        if number < 0:
            raise ValueError(f"{name} must not be below zero")
