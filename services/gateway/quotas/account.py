from collections import Counter
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from services.gateway.quotas.measures import Measure

Amounts = dict[Measure, int]


class Reservation(BaseModel):
    """What a turn that has not ended may come to."""

    model_config = ConfigDict(frozen=True)

    day: str
    chat_id: int
    reserved_at: float
    """Unix seconds."""
    amounts: Amounts


class Account(BaseModel):
    """What one person has spent lately, and reserved, by turn."""

    days: dict[str, dict[int, Amounts]] = Field(default_factory=dict)
    """What is spent, by day and chat."""
    reservations: dict[str, Reservation] = Field(default_factory=dict)

    def reserve(self, turn_id: str, reservation: Reservation) -> None:
        """Add to what a turn has reserved; the day stays that of the first time."""
        if known := self.reservations.get(turn_id):
            amounts = dict(Counter(known.amounts) + Counter(reservation.amounts))
            reservation = known.model_copy(update={"amounts": amounts})
        self.reservations[turn_id] = reservation

    def settle(self, turn_id: str, spent: Amounts) -> Reservation | None:
        """Spend this of what a turn has reserved and give the rest back. None: that was done before."""
        reservation = self.reservations.pop(turn_id, None)
        if reservation is not None:
            chats = self.days.setdefault(reservation.day, {})
            total = Counter(chats.get(reservation.chat_id, {}))
            total.update(spent)
            chats[reservation.chat_id] = {measure: count for measure, count in total.items() if count}
        return reservation

    def sweep(self, reserved_before: float) -> None:
        """Give back what turns reserved that nobody will bring to an end any more."""
        for turn_id, each in tuple(self.reservations.items()):
            if each.reserved_at < reserved_before:
                del self.reservations[turn_id]

    def forget_days_before(self, day: str) -> None:
        for old in [each for each in self.days if each < day]:
            del self.days[old]

    def movements(self) -> Iterator[tuple[str, int, Amounts]]:
        """Yield what is spent and reserved, with its day and chat."""
        for day, chats in self.days.items():
            for chat_id, amounts in chats.items():
                yield day, chat_id, amounts
        for each in self.reservations.values():
            yield each.day, each.chat_id, each.amounts
