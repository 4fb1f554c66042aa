from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from services.gateway.broadcasts.ledger import Ledger
from services.gateway.broadcasts.order import Fate
from services.gateway.keyed_locks import KeyedLocks

Outcome: TypeAlias = tuple[Fate, str]

MAX_REMEMBERED: Final = 10


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

    async def of(self, delivery_id: str) -> Counter[Outcome]:
        """Count fates and their reasons. Raises ServiceUnavailable."""
        async with self._locks.held(delivery_id):
            seen = self._seen.setdefault(delivery_id, _Seen())
            self._seen.move_to_end(delivery_id)
            for one in await self._ledger.copies(delivery_id, after=seen.revision):
                seen.outcomes[one.chat_id] = one.copy.fate, one.copy.reason
                seen.revision = max(seen.revision, one.revision)
            if len(self._seen) > MAX_REMEMBERED:
                self._seen.popitem(last=False)
            return Counter(seen.outcomes.values())
