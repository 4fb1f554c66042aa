from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from services.chassis.jetstream import Nats
from services.chassis.roles import Admins
from services.gateway.access.register import open_register
from services.gateway.access.standing import Standing
from services.gateway.quotas.plan import Plan
from services.gateway.quotas.policy import Policy

OWNER, OPERATOR, ANALYST, SOMEBODY = 1, 2, 3, 4
ADMINS = Admins(frozenset({OWNER}), frozenset({OPERATOR}), frozenset({ANALYST}))
USUAL = Plan(
    user={"pictures_per_day": 5},
    plans={"pro": {"pictures_per_day": 50}},
    roles={"owner": {}, "operator": {"pictures_per_day": 20}},
)


async def test_a_role_has_limits_of_its_own_and_what_is_set_of_a_person_goes_before(nats: Nats) -> None:
    async with open_register(nats, bot_id=731, replicas=1) as register:
        policy = Policy(USUAL, register, ZoneInfo("Europe/Moscow"), admins=ADMINS)
        limits = {who: policy.limits_of(who) for who in (OWNER, OPERATOR, ANALYST, SOMEBODY)}
        assert limits == {
            OWNER: {},
            OPERATOR: {"pictures_per_day": 20},
            ANALYST: {"pictures_per_day": 5},
            SOMEBODY: {"pictures_per_day": 5},
        }
        await register.set_standing(OWNER, Standing(limits={"pictures_per_day": 1}))
        await register.set_standing(OPERATOR, Standing(plan="pro"))
        assert policy.limits_of(OWNER) == {"pictures_per_day": 1}
        assert policy.limits_of(OPERATOR) == {"pictures_per_day": 50}


@pytest.mark.parametrize(
    "roles", [{"king": {}}, {"owner": {"pictures": 5}}, {"owner": {"pages_per_day": -1}}]
)
def test_limits_of_a_role_that_is_none_or_of_nothing_are_refused(roles: dict[str, dict[str, int]]) -> None:
    with pytest.raises(ValidationError):
        Plan(roles=roles)
