from collections import OrderedDict, deque
from enum import StrEnum
from typing import Final

from services.chassis.roles import Admins
from services.gateway.access.register import Register

FLOOD_SECONDS: Final = 10.0
MAX_REMEMBERED: Final = 20_000


class Refusal(StrEnum):
    """Why somebody is not answered."""

    BANNED = "banned"
    """Nothing is said: whoever is banned costs nothing."""
    MAINTENANCE = "maintenance"
    STRANGER = "stranger"
    """Allow-list mode is on, and this one is not on the list."""
    FLOOD = "flood"
    """Said once, at the message that is one too many."""
    FLOOD_GOES_ON = "flood_goes_on"


class Gate:
    """Says who is answered. Admins always are."""

    def __init__(self, register: Register, admins: Admins, *, flood_updates: int) -> None:
        """`flood_updates`: more than so many of one person within ten seconds are not answered."""
        self._register = register
        self._admins = admins
        self._flood_updates = flood_updates
        self._lately: OrderedDict[int, deque[float]] = OrderedDict()

    def refuse(self, user_id: int, chat_id: int, received_at: float) -> Refusal | None:
        """Say why not, or None. `received_at` in Unix seconds: what is handled late did not come at once."""
        if self._admins.role_of(user_id) is not None:
            return None
        ones = [self._register.of(user_id), self._register.of(chat_id)]
        if any(one.is_banned for one in ones):
            return Refusal.BANNED
        if self._register.mode.is_in_maintenance:
            return Refusal.MAINTENANCE
        if self._register.mode.is_allow_list_on and not any(one.is_allowed for one in ones):
            return Refusal.STRANGER
        return self._flood(user_id, received_at)

    def is_in_focus_group(self, user_id: int, chat_id: int) -> bool:
        """Say whether somebody, or the group they are in, gets what is new first."""
        return any(self._register.of(one).is_in_focus_group for one in (user_id, chat_id))

    def _flood(self, user_id: int, received_at: float) -> Refusal | None:
        lately = self._lately.setdefault(user_id, deque())
        self._lately.move_to_end(user_id)
        if len(self._lately) > MAX_REMEMBERED:
            self._lately.popitem(last=False)
        while lately and lately[0] <= received_at - FLOOD_SECONDS:
            lately.popleft()
        lately.append(received_at)
        excess = len(lately) - self._flood_updates
        if excess <= 0:
            return None
        if len(lately) > 2 * self._flood_updates:
            lately.popleft()
        return Refusal.FLOOD if excess == 1 else Refusal.FLOOD_GOES_ON
