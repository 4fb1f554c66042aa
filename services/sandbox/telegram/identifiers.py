import time
from typing import Final

_EPOCH_2026_SECONDS: Final = 1_767_225_600
_MESSAGES_PER_SECOND: Final = 20
_UPDATES_PER_SECOND: Final = 1000


class Counter:
    """Rising identifiers."""

    def __init__(self, last: int) -> None:
        self.last = last

    def next(self) -> int:
        self.last += 1
        return self.last


def message_counter() -> Counter:
    """Message ids that start from the clock: a restarted sandbox does not repeat those of its former run."""
    return Counter(_seconds() * _MESSAGES_PER_SECOND)


def update_counter() -> Counter:
    """Update ids that start from the clock, in steps wide enough for a load test."""
    return Counter(_seconds() * _UPDATES_PER_SECOND)


def identity_counter() -> Counter:
    """Ids of users and chats, also from the clock: history kept elsewhere never meets a wrong person."""
    return Counter(_seconds() * 10)


def _seconds() -> int:
    return int(time.time()) - _EPOCH_2026_SECONDS
