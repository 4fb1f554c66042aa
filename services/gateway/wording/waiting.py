import math
from typing import NamedTuple

_MINUTE_SECONDS = 60
_HOUR_SECONDS = 60 * _MINUTE_SECONDS
_DAY_SECONDS = 24 * _HOUR_SECONDS


class Waiting(NamedTuple):
    """How long to wait, as people say it: the key of the phrase and its number."""

    key: str
    number: int


def waiting(seconds: float | None) -> Waiting:
    """Rounded up, so that trying again at the time named is not too early."""
    if not seconds or seconds < 0:
        return Waiting("wait-unknown", 0)
    if seconds <= _MINUTE_SECONDS:
        return Waiting("wait-seconds", math.ceil(seconds))
    if seconds <= _HOUR_SECONDS:
        return Waiting("wait-minutes", math.ceil(seconds / _MINUTE_SECONDS))
    if seconds <= _DAY_SECONDS:
        return Waiting("wait-hours", math.ceil(seconds / _HOUR_SECONDS))
    return Waiting("wait-days", math.ceil(seconds / _DAY_SECONDS))
