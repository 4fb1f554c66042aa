from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from services.text.conversation import Usage, estimate_tokens
from services.text.sound import Sound

# https://developers.openai.com/api/docs/guides/realtime-costs
HEARD_TOKENS_PER_SECOND: Final = 10
SPOKEN_TOKENS_PER_SECOND: Final = 20


@dataclass(frozen=True, slots=True)
class SpeechModels:
    """The models that hear and that speak; empty for a skill that is not wanted of the vendor."""

    transcription: str = ""
    speech: str = ""

    def __iter__(self) -> Iterator[str]:
        return (model for model in (self.transcription, self.speech) if model)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said; empty where nothing was."""

    text: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Speech:
    """What was spoken, in whatever format the vendor makes. Without `usage` where the vendor tells none."""

    content: bytes
    usage: Usage | None = None


class SpeechProvider(Protocol):
    """A vendor that hears and speaks. Its methods raise QuartetError, and never ask twice."""

    @property
    def models(self) -> SpeechModels: ...

    @property
    def shutdown_dates(self) -> Mapping[str, str]:
        """When the vendor ends models, ISO 8601, as far as it has announced that."""
        ...

    async def transcribe(self, sound: Sound) -> Transcript:
        """Say what is said in a recording. Raises InvalidRequest for one that the vendor cannot hear."""
        ...

    async def speak(self, text: str) -> Speech:
        """Read a text aloud."""
        ...


def estimated_hearing(provider: str, model: str, seconds: float, text: str) -> Usage:
    """Guess the tokens of a transcription where the vendor does not count them."""
    return Usage(
        provider=provider,
        model=model,
        input_tokens=round(seconds * HEARD_TOKENS_PER_SECOND),
        output_tokens=estimate_tokens(text),
        estimated=True,
    )


def estimated_speaking(provider: str, model: str, seconds: float, text: str) -> Usage:
    """Guess the tokens of speech where the vendor does not count them."""
    return Usage(
        provider=provider,
        model=model,
        input_tokens=estimate_tokens(text),
        output_tokens=round(seconds * SPOKEN_TOKENS_PER_SECOND),
        estimated=True,
    )
