import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from services.chassis.errors import InvalidRequest, ModelNotFound, QuartetError
from services.providers.base import AnyRequest, Capabilities, Provider
from services.providers.breaker import BreakerPolicy, Change, Clock
from services.providers.failures import fails_over
from services.providers.patience import Patience, Waits
from services.providers.switching import IsOff, nothing_is_off, switched_off
from services.providers.vendor import Vendor

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Answering:
    """Who is asked from now on. It comes before the first piece, and again when another vendor takes over."""

    provider: str
    model: str
    failed_over: bool = False
    failure: QuartetError | None = field(default=None, compare=False)
    """Of who was asked before, where this one takes over."""


@dataclass(frozen=True, slots=True)
class Place(Generic[AnyRequest, P]):
    """A model at a vendor."""

    vendor: Vendor[AnyRequest, P]
    model: str


class Watch(Protocol):
    """Whoever wants to know how the vendors are. Its methods return at once."""

    def changed(self, provider: str, model: str, change: Change, standby: str) -> None:
        """A breaker moved: the vendor's own, or that of `model`. `standby` answers instead, if any does."""
        ...

    def failed_over(self, provider: str, reason: str) -> None:
        """A vendor could not answer, and the next one is asked."""
        ...

    def asked_again(self, provider: str, reason: str) -> None:
        """No vendor could answer, and after a pause they are asked again, this one first."""
        ...


def _always(_piece: object) -> bool:
    return True


class Vendors(Generic[AnyRequest, P]):
    """The vendors of one kind of answer, the preferred one first, as if they were one.

    The only place in a service that asks a vendor again: another one at once, and the same ones after a pause
    when none is left. A failure that is not the vendor's, an interruption for one, ends the answer.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider[AnyRequest, P]],
        model_ids: Mapping[str, Sequence[str]],
        *,
        patience: Patience,
        policy: BreakerPolicy,
        watch: Watch,
        clock: Clock = time.monotonic,
        is_proof: Callable[[P], bool] = _always,
        is_off: IsOff = nothing_is_off,
    ) -> None:
        self._patience = patience
        self._watch = watch
        self.all = tuple(
            Vendor(provider, tuple(model_ids[name]), policy, self._changed, clock, is_proof, is_off)
            for name, provider in providers.items()
        )

    @property
    def capabilities(self) -> Capabilities:
        """What at least one vendor can do: it is the one that is asked then."""
        types = [vendor.provider.capabilities.image_mime_types for vendor in self.all]
        return Capabilities(image_mime_types=frozenset.union(*types))

    @property
    def common_image_mime_types(self) -> frozenset[str]:
        """What every vendor can look at: whoever takes over sees it, too."""
        types = [vendor.provider.capabilities.image_mime_types for vendor in self.all]
        return frozenset.intersection(*types)

    async def ask(self, request: AnyRequest) -> AsyncGenerator[Answering | P]:
        """Stream an answer of the request's model, or of the default one where it names none.

        Another vendor's default model takes over where the vendor is at fault. Raises
        QuartetError: what the question is refused for, or, when every vendor failed, the most useful of that.
        """
        route = self._route(request)
        waits = Waits(self._patience)
        while True:
            failures: list[QuartetError] = []
            async with aclosing(self._round(route, request, failures)) as pieces:
                async for piece in pieces:
                    yield piece
                    del piece
            if not failures:
                return
            await waits.pause(failures)
            self._watch.asked_again(route[0].vendor.name, failures[0].reason)

    async def aclose(self) -> None:
        for vendor in self.all:
            await vendor.provider.aclose()

    async def _round(
        self, route: Sequence[Place[AnyRequest, P]], request: AnyRequest, failures: list[QuartetError]
    ) -> AsyncGenerator[Answering | P]:
        """Ask one after the other until one answers; if none does, `failures` says why."""
        chosen = self._chosen(request.model)
        down: set[Vendor[AnyRequest, P]] = set()
        for index, place in enumerate(route):
            vendor, model = place.vendor, place.model
            if vendor in down:
                continue
            if failures:
                self._watch.failed_over(route[index - 1].vendor.name, failures[-1].reason)
            error = vendor.refusal(model)
            if error is None:
                failure = failures[-1] if failures else None
                yield Answering(vendor.name, model, failed_over=place != chosen, failure=failure)
                others = [other for other in route[index + 1 :] if other.vendor is not vendor]
                has_standby = any(other.vendor.refusal(other.model) is None for other in others)
                try:
                    answer = vendor.answer(
                        request.for_model(model),
                        begin_seconds=self._patience.failover_seconds if has_standby else None,
                    )
                    async with aclosing(answer) as pieces:
                        async for piece in pieces:
                            yield piece
                            del piece
                    failures.clear()
                    return
                except QuartetError as raised:
                    if not fails_over(raised):
                        raise
                    error = raised
            failures.append(error)
            if not isinstance(error, ModelNotFound):
                down.add(vendor)

    def _route(self, request: AnyRequest) -> Sequence[Place[AnyRequest, P]]:
        """Who is asked in turn: the model, its vendor's default if only the model is gone, other defaults."""
        first = self._chosen(request.model)
        defaults = [Place(vendor, vendor.default_model) for vendor in self.all]
        defaults.sort(key=lambda place: place.vendor is not first.vendor)
        route = [first, *(place for place in defaults if place != first)]
        able = [place for place in route if place.vendor.sees(request)]
        if not able:
            raise InvalidRequest("no vendor can look at all of these pictures")
        on = [place for place in able if not place.vendor.is_off(place.model)]
        if not on:
            raise switched_off(first.vendor.name, first.model)
        return on

    def _chosen(self, model: str) -> Place[AnyRequest, P]:
        if not model:
            vendor = preferred(self.all)
            return Place(vendor, vendor.default_model)
        for vendor in self.all:
            if model in vendor.model_ids:
                return Place(vendor, model)
        raise ModelNotFound(metadata={"model": model})

    def _changed(self, vendor: Vendor[Any, Any], model: str, change: Change) -> None:
        if model and model != vendor.default_model and vendor.refusal(vendor.default_model) is None:
            standby = vendor.name
        else:
            others = (other for other in self.all if other is not vendor)
            standby = next((other.name for other in others if not other.refusal(other.default_model)), "")
        self._watch.changed(vendor.name, model, change, standby)


def preferred(vendors: Sequence[Vendor[AnyRequest, P]]) -> Vendor[AnyRequest, P]:
    """The first one that is not switched off, or the first."""
    return next((vendor for vendor in vendors if not vendor.is_off(vendor.default_model)), vendors[0])
