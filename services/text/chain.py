import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from services.chassis.errors import QuartetError
from services.providers.accounting import Account
from services.providers.breaker import Breaker, BreakerPolicy, Change, Clock
from services.providers.failures import fails_over, is_proven
from services.providers.patience import Patience, Waits
from services.providers.switching import IsOff, nothing_is_off, switched_off
from services.providers.vendor import refusal
from services.providers.vendors import Answering, Watch

P = TypeVar("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place(Generic[P]):
    """A vendor's model with one skill, and whether it is asked now."""

    vendor: str
    model: str
    provider: P
    breaker: Breaker


class Chain(Generic[P]):
    """The vendors that have one skill, the preferred one first, as if they were one.

    The only place that asks them again. What one vendor's model cannot do says nothing of its others: each
    has a breaker of its own.
    """

    def __init__(
        self,
        offers: Sequence[tuple[str, str, P]],
        *,
        patience: Patience,
        policy: BreakerPolicy,
        watch: Watch,
        is_off: IsOff = nothing_is_off,
        clock: Clock = time.monotonic,
    ) -> None:
        """`offers`: vendors, their models, and who asks them."""
        self._patience = patience
        self._watch = watch
        self._is_off = is_off
        self.places = tuple(
            Place(
                vendor, model, provider, Breaker(policy, partial(self._changed, vendor, model), clock=clock)
            )
            for vendor, model, provider in offers
        )

    async def ask(
        self, places: Sequence[Place[P]], call: Callable[[P], Awaitable[T]], account: Account
    ) -> tuple[Place[P], T]:
        """Make the call at the first of these places that manages it; there must be one.

        What it cost there is for whoever called to enter. Raises QuartetError, the most useful of all.
        """
        first = places[0]
        places = [place for place in places if not self._is_off(place.vendor, place.model)]
        if not places:
            raise switched_off(first.vendor, first.model)
        waits = Waits(self._patience)
        while True:
            failures: list[QuartetError] = []
            for place in places:
                try:
                    return place, await _attempt(place, call, account)
                except QuartetError as error:
                    if not fails_over(error):
                        raise
                    failures.append(error)
                    if place is not places[-1]:
                        self._watch.failed_over(place.vendor, error.reason)
            await waits.pause(failures)
            self._watch.asked_again(places[0].vendor, failures[0].reason)

    def _changed(self, vendor: str, model: str, change: Change) -> None:
        others = (place for place in self.places if place.vendor != vendor)
        standby = next((place.vendor for place in others if place.breaker.would_admit), "")
        self._watch.changed(vendor, model, change, standby)


async def _attempt(place: Place[P], call: Callable[[P], Awaitable[T]], account: Account) -> T:
    if not place.breaker.would_admit:
        raise refusal(place.breaker, place.vendor)
    permit = place.breaker.admit()
    account.asked(Answering(place.vendor, place.model))
    try:
        async with account.closing():
            result = await call(place.provider)
        permit.succeeded()
        return result
    except QuartetError as error:
        if fails_over(error):
            permit.failed(error, is_proven=is_proven(error))
        else:
            permit.succeeded()
        raise
    finally:
        permit.release()
