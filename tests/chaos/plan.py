import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from tests.chaos.words import prompt_of

VICTIMS: Final = ("gateway", "gateway-2", "video-worker", "video-worker-2", "video", "nats", "runway")
MEAN_SECONDS_BETWEEN_KILLS: Final = 1.5
LONGEST_DOWN_SECONDS: Final = 2.0
CALM_SECONDS: Final = 1.0


class Fate(StrEnum):
    """What is to become of an order, whatever dies."""

    MADE = "made"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


FATES: Final = {Fate.MADE: 90, Fate.REJECTED: 5, Fate.CANCELLED: 5}


@dataclass(frozen=True, slots=True)
class Order:
    """Somebody orders a video at a time, counted from the beginning."""

    number: int
    at_seconds: float
    fate: Fate

    @property
    def prompt(self) -> str:
        return prompt_of(self.number, is_rejected=self.fate is Fate.REJECTED)


@dataclass(frozen=True, slots=True)
class Kill:
    """A process is killed at a time and is back after a while."""

    at_seconds: float
    victim: str
    down_seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens, and when. One seed is one plan."""

    orders: Sequence[Order]
    kills: Sequence[Kill]

    @classmethod
    def of(cls, seed: int, *, jobs: int, seconds: float) -> Self:
        """Spread the orders over most of the time, and the kills over all of it."""
        chance = random.Random(seed)
        fates = chance.choices(list(FATES), weights=list(FATES.values()), k=jobs)
        times = sorted(chance.uniform(0, seconds * 0.7) for _ in range(jobs))
        orders = [Order(number, at, fate) for number, (at, fate) in enumerate(zip(times, fates, strict=True))]
        kills, at_seconds = [], CALM_SECONDS
        while at_seconds < seconds:
            down_seconds = chance.uniform(0, LONGEST_DOWN_SECONDS)
            kills.append(Kill(at_seconds, chance.choice(VICTIMS), down_seconds))
            at_seconds += chance.expovariate(1 / MEAN_SECONDS_BETWEEN_KILLS)
        return cls(orders, kills)
