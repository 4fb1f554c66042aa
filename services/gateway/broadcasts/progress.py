from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from services.gateway.broadcasts.ledger import Ledger
from services.gateway.broadcasts.order import Course, Fate, Tally, tallied
from services.gateway.keyed_locks import KeyedLocks

Outcome: TypeAlias = tuple[Fate, str]

MAX_REMEMBERED: Final = 4
"""That are under way at once; others are read anew."""


@dataclass
class _Seen:
    """What was read of one delivery, up to a revision."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    revision: int = 0


class Progress:
    """How far deliveries are. A look costs no more than what has changed since the last one."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._locks = KeyedLocks()

    async def of(self, delivery_id: str) -> tuple[Course, tuple[Tally, ...]]:
        """Say what one does, and what has become of its copies.

        Raises ResourceNotFound, ServiceUnavailable.
        """
        order = await self._ledger.order(delivery_id)
        return order.course, order.tallies or await self._under_way(delivery_id)

    async def _under_way(self, delivery_id: str) -> tuple[Tally, ...]:
        async with self._locks.held(delivery_id):
            seen = self._seen.setdefault(delivery_id, _Seen())
            self._seen.move_to_end(delivery_id)
            for one in await self._ledger.copies(delivery_id, after=seen.revision):
                seen.outcomes[one.chat_id] = one.copy.fate, one.copy.reason
                seen.revision = max(seen.revision, one.revision)
            if len(self._seen) > MAX_REMEMBERED:
                self._seen.popitem(last=False)
            return tallied(seen.outcomes.values())
