from collections import Counter
from typing import Final

from services.gateway.quotas.account import Amounts
from services.gateway.quotas.measures import Measure

MONTH_CHARACTERS: Final = 7
USER: Final = "user"
TOTAL: Final = "total"


def user_scope(user_id: int) -> str:
    return f"{USER}.{user_id}"


def group_scope(chat_id: int) -> str:
    return f"group.{chat_id}"


class Tally:
    """Sums of what is spent and reserved: of each person, each group, and all, by day and month."""

    def __init__(self) -> None:
        self._sums: Counter[tuple[str, str, Measure]] = Counter()

    def used(self, scope: str, period_label: str, measure: Measure) -> int:
        return self._sums[scope, period_label, measure]

    def add(self, user_id: int, chat_id: int, day: str, amounts: Amounts, *, sign: int = 1) -> None:
        scopes = [user_scope(user_id), TOTAL]
        if chat_id < 0:
            scopes.append(group_scope(chat_id))
        for scope in scopes:
            for label in (day, day[:MONTH_CHARACTERS]):
                for measure, amount in amounts.items():
                    self._sums[scope, label, measure] += sign * amount
