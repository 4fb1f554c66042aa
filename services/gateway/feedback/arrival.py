import time
from enum import StrEnum
from typing import Final, Protocol

from services.gateway.broadcasts.ledger import KEPT_SECONDS
from services.gateway.broadcasts.order import Copy, Fate
from services.gateway.feedback.letter import Letter, reply_delivery_id


class Arrival(StrEnum):
    """What has become of a reply."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    """They have blocked the bot."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Telegram did not say, or it is too long ago."""


FATES: Final = {
    Fate.PENDING: Arrival.WAITING,
    Fate.INTENDED: Arrival.WAITING,
    Fate.DELIVERED: Arrival.DELIVERED,
    Fate.BLOCKED: Arrival.BLOCKED,
    Fate.SKIPPED: Arrival.BLOCKED,
    Fate.FAILED: Arrival.FAILED,
}


class Deliveries(Protocol):
    async def received(self, chat_id: int) -> dict[str, Copy]:
        """Return what a chat has of each delivery. Raises ServiceUnavailable."""
        ...


class Arrivals:
    """Says what has become of replies. Raises ServiceUnavailable."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    async def of(self, letters: dict[str, Letter]) -> dict[str, list[Arrival]]:
        """Return that of each reply to these letters, by the letter's id; each chat is looked up once."""
        chats = {one.chat_id for one in letters.values() if one.replies}
        received = {chat_id: await self._deliveries.received(chat_id) for chat_id in chats}
        now = time.time()
        return {
            letter_id: [
                _arrival(
                    received[letter.chat_id].get(reply_delivery_id(letter_id, reply.text)),
                    now - reply.written_at,
                )
                for reply in letter.replies
            ]
            for letter_id, letter in letters.items()
        }


def _arrival(copy: Copy | None, age_seconds: float) -> Arrival:
    if copy is None:
        # It is addressed a moment after it is ordered, and forgotten after its time.
        return Arrival.WAITING if age_seconds < KEPT_SECONDS else Arrival.UNKNOWN
    return FATES.get(copy.fate, Arrival.UNKNOWN)
