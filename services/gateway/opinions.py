from enum import IntEnum
from typing import NamedTuple, Protocol

from services.gateway.bookkeeping.receipt import Receipt
from services.gateway.delivery.revisions import Revisions
from services.gateway.delivery.turn import Turn
from services.gateway.feedback.letter import digest_of
from services.gateway.feedback.reception import Reception
from services.gateway.turns import TurnRecord


class Thumb(IntEnum):
    UP = 1
    DOWN = -1


class Ledger(Protocol):
    async def rate(self, answer_id: str, receipt: Receipt, value: int) -> None:
        """Tells analysts what an answer was worth, the last word counting. Raises ServiceUnavailable."""
        ...


class Heard(NamedTuple):
    """An opinion that was taken. The digest names the letter about the answer, among the person's own."""

    digest: str
    is_to_be_explained: bool


class Opinions:
    """What people say their answers were worth."""

    def __init__(self, revisions: Revisions, ledger: Ledger, reception: Reception) -> None:
        self._revisions = revisions
        self._ledger = ledger
        self._reception = reception

    async def give(self, turn: Turn, thumb: Thumb) -> Heard | None:
        """Take an opinion of the answer that stands. None where it is no longer kept.

        Raises ServiceUnavailable.
        """
        found = await self._revisions.standing(turn)
        return await self._take(turn, *found, thumb) if found else None

    async def give_of(self, turn: Turn, answer_id: str, thumb: Thumb) -> Heard | None:
        """Take an opinion of the picture or video that a turn brought. None where it is no longer kept.

        Raises ServiceUnavailable.
        """
        record = await self._revisions.record(answer_id)
        return await self._take(turn, answer_id, record, thumb) if record else None

    async def _take(self, turn: Turn, answer_id: str, record: TurnRecord, thumb: Thumb) -> Heard | None:
        if record.receipt is None:
            return None
        await self._ledger.rate(answer_id, record.receipt, thumb)
        is_to_be_explained = await self._reception.rated(turn, answer_id, record.receipt, thumb)
        return Heard(digest_of(answer_id), is_to_be_explained)
