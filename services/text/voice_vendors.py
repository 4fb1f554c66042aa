import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeVar

from services.chassis.errors import ProviderMisconfigured, QuartetError
from services.providers.breaker import Breaker, BreakerPolicy, Change, Clock
from services.providers.failures import fails_over, is_proven
from services.providers.patience import Patience, Waits
from services.providers.vendor import refusal
from services.providers.vendors import Watch
from services.text.providers.base import TextProvider
from services.text.providers.speech import SpeechProvider

T = TypeVar("T")


class Skill(StrEnum):
    """What is asked of a vendor's voice."""

    TRANSCRIBE = "transcribe"
    SPEAK = "speak"


@dataclass(frozen=True, slots=True)
class Place:
    """A model with one skill, and whether it is asked now."""

    vendor: str
    model: str
    provider: SpeechProvider
    breaker: Breaker


class VoiceVendors:
    """The vendors that hear and speak, the preferred one first, as if they were one.

    The only place that asks them again. What one vendor's model cannot do says nothing of its others: each
    has a breaker of its own.
    """

    def __init__(
        self,
        providers: Sequence[TextProvider],
        *,
        patience: Patience,
        policy: BreakerPolicy,
        watch: Watch,
        clock: Clock = time.monotonic,
    ) -> None:
        self._patience = patience
        self._watch = watch
        self.speeches = tuple((one.name, one.speech) for one in providers if one.speech is not None)
        self._places = {
            skill: tuple(
                Place(
                    name,
                    model,
                    speech,
                    Breaker(policy, partial(self._changed, skill, name, model), clock=clock),
                )
                for name, speech in self.speeches
                if (model := _model(speech, skill))
            )
            for skill in Skill
        }

    async def ask(self, skill: Skill, call: Callable[[SpeechProvider], Awaitable[T]]) -> tuple[Place, T]:
        """Make the call at the first vendor that manages it. Raises QuartetError, the most useful of all."""
        if not self._places[skill]:
            raise ProviderMisconfigured(f"no vendor has a model to {skill} with")
        waits = Waits(self._patience)
        while True:
            failures: list[QuartetError] = []
            for place in self._places[skill]:
                try:
                    return place, await _attempt(place, call)
                except QuartetError as error:
                    if not fails_over(error):
                        raise
                    failures.append(error)
                    if place is not self._places[skill][-1]:
                        self._watch.failed_over(place.vendor, error.reason)
            await waits.pause(failures)
            self._watch.asked_again(self._places[skill][0].vendor, failures[0].reason)

    def _changed(self, skill: Skill, vendor: str, model: str, change: Change) -> None:
        others = (place for place in self._places[skill] if place.vendor != vendor)
        standby = next((place.vendor for place in others if place.breaker.would_admit), "")
        self._watch.changed(vendor, model, change, standby)


async def _attempt(place: Place, call: Callable[[SpeechProvider], Awaitable[T]]) -> T:
    if not place.breaker.would_admit:
        raise refusal(place.breaker, place.vendor)
    permit = place.breaker.admit()
    try:
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


def _model(speech: SpeechProvider, skill: Skill) -> str:
    return speech.models.transcription if skill is Skill.TRANSCRIBE else speech.models.speech
