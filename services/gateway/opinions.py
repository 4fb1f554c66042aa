from enum import IntEnum
from typing import Protocol

from services.gateway.bookkeeping.receipt import Receipt
from services.gateway.delivery.revisions import Revisions
from services.gateway.delivery.turn import Turn


class Thumb(IntEnum):
    UP = 1
    DOWN = -1


class Ledger(Protocol):
    async def rate(self, answer_id: str, receipt: Receipt, value: int) -> None:
        """Tells analysts what an answer was worth, the last word counting. Raises ServiceUnavailable."""
        ...


class Opinions:
    """What people say their answers were worth."""

    def __init__(self, revisions: Revisions, ledger: Ledger) -> None:
        self._revisions = revisions
        self._ledger = ledger

    async def give(self, turn: Turn, thumb: Thumb) -> bool:
        """Take an opinion of the answer that stands. False where it is no longer kept.

        Raises ServiceUnavailable.
        """
        found = await self._revisions.standing(turn)
        if found is None:
            return False
        answer_id, record = found
        if record.receipt is None:
            return False
        await self._ledger.rate(answer_id, record.receipt, thumb)
        return True
