from typing import Final

from pydantic import BaseModel, ConfigDict, Field


class Standing(BaseModel):
    """What operators have set of a user or group."""

    model_config = ConfigDict(frozen=True)

    is_banned: bool = False
    ban_reason: str = ""
    is_allowed: bool = False
    """Whether it is answered in allow-list mode."""
    is_in_focus_group: bool = False
    plan: str = ""
    limits: dict[str, int] = Field(default_factory=dict)
    time_zone: str = ""
    """Where its days begin; empty: the operator's."""


class Mode(BaseModel):
    """Who is answered at present, beside admins."""

    model_config = ConfigDict(frozen=True)

    is_in_maintenance: bool = False
    is_allow_list_on: bool = False


USUAL: Final = Standing()
