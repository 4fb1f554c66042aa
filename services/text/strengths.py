import re
from enum import StrEnum
from typing import Final

# Vendors name the size of a model; none of them lists what it is good at.
WORD: Final = re.compile(r"[a-z]+")
QUICK: Final = frozenset({"luna", "mini", "nano", "lite", "small", "tiny", "hydrogen"})
DEEP: Final = frozenset({"sol", "astra", "pro", "argon", "large", "max", "opus", "reasoner"})


class Strength(StrEnum):
    """What a model is best at: a balance of all, quick answers at a low price, or hard questions."""

    EVERYDAY = "everyday"
    SPEED = "speed"
    DEPTH = "depth"


def strength(model: str) -> Strength:
    """Tell by a model's name what it is best at; EVERYDAY where that says nothing."""
    words = set(WORD.findall(model.lower()))
    if words & QUICK:
        return Strength.SPEED
    return Strength.DEPTH if words & DEEP else Strength.EVERYDAY
