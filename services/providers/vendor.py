import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Generic, TypeVar

from services.chassis.errors import (
    ModelNotFound,
    ProviderInterrupted,
    ProviderUnavailable,
    QuartetError,
    SubmissionUnknown,
)
from services.providers.base import AnyRequest, Provider
from services.providers.breaker import Breaker, BreakerPolicy, Change, Clock, Permit, State
from services.providers.failures import fails_over, is_proven
from services.providers.switching import IsOff, nothing_is_off, switched_off

P = TypeVar("P")


class Health(StrEnum):
    """Whether a model is asked now. DEGRADED: it failed lately and is tried again."""

    AVAILABLE = "available"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Admission:
    """Leave to ask a vendor for one answer of one model."""

    vendor: Permit
    model: Permit

    def succeeded(self) -> None:
        self.vendor.succeeded()
        self.model.succeeded()

    def failed(self, error: QuartetError) -> None:
        """Learn from a failure. One that is the question's own shows that the vendor works."""
        if isinstance(error, ModelNotFound):
            self.model.failed(error, is_proven=True)
        elif fails_over(error):
            self.vendor.failed(error, is_proven=is_proven(error))
        else:
            self.succeeded()

    def interrupted(self, error: QuartetError) -> None:
        """Learn that the vendor broke off in the middle of an answer."""
        self.vendor.failed(error)

    def release(self) -> None:
        self.vendor.release()
        self.model.release()


class Vendor(Generic[AnyRequest, P]):
    """A vendor, the models of it that users may choose, the default first, and whether they answer now.

    `is_proof` says which piece of an answer shows that the vendor works.
    """

    def __init__(
        self,
        provider: Provider[AnyRequest, P],
        model_ids: tuple[str, ...],
        policy: BreakerPolicy,
        on_change: Callable[["Vendor[Any, Any]", str, Change], None],
        clock: Clock,
        is_proof: Callable[[P], bool],
        is_off: IsOff = nothing_is_off,
    ) -> None:
        self.provider = provider
        self.model_ids = model_ids
        self.name = provider.name
        self._is_proof = is_proof
        self._is_off = is_off
        self._breaker = Breaker(policy, partial(on_change, self, ""), clock=clock)
        self._model_breakers = {
            model: Breaker(policy, partial(on_change, self, model), clock=clock) for model in model_ids
        }

    @property
    def default_model(self) -> str:
        """The first of its models that is not switched off, or the first."""
        return next((model for model in self.model_ids if not self.is_off(model)), self.model_ids[0])

    def is_off(self, model: str) -> bool:
        """Whether an admin has switched it, or this model, off."""
        return self._is_off(self.name, model)

    def sees(self, request: AnyRequest) -> bool:
        """Whether the vendor can look at every picture of a question."""
        return request.image_mime_types <= self.provider.capabilities.image_mime_types

    def health(self, model: str) -> Health:
        breakers = self._breaker, self._model_breakers[model]
        if self.is_off(model) or any(breaker.state is State.OPEN for breaker in breakers):
            return Health.UNAVAILABLE
        return Health.DEGRADED if any(breaker.is_troubled for breaker in breakers) else Health.AVAILABLE

    def refusal(self, model: str) -> QuartetError | None:
        """What keeps the vendor or the model from being asked now, with the time that is left."""
        if self.is_off(model):
            return switched_off(self.name, model)
        for breaker in (self._model_breakers[model], self._breaker):
            if not breaker.would_admit:
                return refusal(breaker, self.name)
        return None

    async def answer(self, request: AnyRequest, *, begin_seconds: float | None) -> AsyncGenerator[P]:
        """Make one attempt at an answer, and learn from how it goes. Raises QuartetError.

        A vendor silent for `begin_seconds` is ProviderUnavailable; None leaves that to the provider.
        """
        admission = self._admit(request.model)
        try:
            async with aclosing(self.provider.stream(request)) as pieces:
                piece: P | None = await self._first(pieces, begin_seconds)
                is_proven_well = False
                while piece is not None:
                    if not is_proven_well and self._is_proof(piece):
                        is_proven_well = True
                        admission.succeeded()
                    yield piece
                    # Pictures are large: this one is let go of before the next one is awaited.
                    piece = None
                    piece = await anext(pieces, None)
        except ProviderInterrupted as error:
            admission.interrupted(error)
            raise
        except SubmissionUnknown as error:
            # Whoever is kept away later is told something else: nobody took their order, and that is known.
            admission.interrupted(ProviderUnavailable(error.message, metadata=error.metadata))
            raise
        except QuartetError as error:
            admission.failed(error)
            raise
        finally:
            admission.release()

    async def _first(self, pieces: AsyncGenerator[P], begin_seconds: float | None) -> P:
        try:
            async with asyncio.timeout(begin_seconds):
                return await anext(pieces)
        except TimeoutError as error:
            raise ProviderUnavailable(
                f"{self.name} was silent for {begin_seconds} s", metadata={"provider": self.name}
            ) from error

    def _admit(self, model: str) -> Admission:
        refusal = self.refusal(model)
        if refusal is not None:
            raise refusal
        return Admission(self._breaker.admit(), self._model_breakers[model].admit())


def refusal(breaker: Breaker, vendor: str) -> QuartetError:
    """The error that whoever is kept away by a breaker gets, with the time that is left."""
    error = breaker.error or ProviderUnavailable(metadata={"provider": vendor})
    seconds = (breaker.wait_seconds or None) if error.retryable else None
    return type(error)(error.message, metadata=error.metadata, retry_after_seconds=seconds)
