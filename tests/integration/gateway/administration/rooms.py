from dataclasses import dataclass

from services.gateway.access.register import Register
from services.gateway.administration.office import Office
from services.gateway.broadcasts.order import Order
from services.gateway.quotas.plan import Plan
from services.gateway.quotas.policy import Policy

OPERATOR, ANALYST, SOMEBODY = 2, 3, 4
USUAL = Plan(user={"pictures_per_day": 5}, plans={"pro": {"pictures_per_day": 50}, "x" * 40: {}})


class NoPost:
    """Nothing is to be sent here."""

    async def order(self, delivery_id: str, order: Order) -> None:
        raise AssertionError(delivery_id)


@dataclass
class Rooms:
    office: Office
    policy: Policy
    register: Register
