from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from services.chassis.errors import ProviderMisconfigured
from services.providers.accounting import Account
from services.providers.breaker import BreakerPolicy
from services.providers.patience import Patience
from services.providers.switching import IsOff, nothing_is_off
from services.providers.vendors import Watch
from services.text.chain import Chain, Place
from services.text.providers.base import TextProvider
from services.text.providers.speech import SpeechProvider

T = TypeVar("T")


class Skill(StrEnum):
    """What is asked of a vendor's voice."""

    TRANSCRIBE = "transcribe"
    SPEAK = "speak"


class VoiceVendors:
    """The vendors that hear and speak, the preferred one first, as if they were one."""

    def __init__(
        self,
        providers: Sequence[TextProvider],
        *,
        patience: Patience,
        policy: BreakerPolicy,
        watch: Watch,
        is_off: IsOff = nothing_is_off,
    ) -> None:
        self.speeches = tuple((one.name, one.speech) for one in providers if one.speech is not None)
        self._chains = {
            skill: Chain(
                [(name, model, speech) for name, speech in self.speeches if (model := _model(speech, skill))],
                patience=patience,
                policy=policy,
                watch=watch,
                is_off=is_off,
            )
            for skill in Skill
        }

    async def ask(
        self, skill: Skill, call: Callable[[SpeechProvider], Awaitable[T]], account: Account
    ) -> tuple[Place[SpeechProvider], T]:
        """Make the call at the first vendor that manages it. Raises QuartetError, the most useful of all."""
        chain = self._chains[skill]
        if not chain.places:
            raise ProviderMisconfigured(f"no vendor has a model to {skill} with")
        return await chain.ask(chain.places, call, account)


def _model(speech: SpeechProvider, skill: Skill) -> str:
    return speech.models.transcription if skill is Skill.TRANSCRIBE else speech.models.speech
