from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from services.text.conversation import Usage, estimate_tokens

# Long enough to tell passages apart, and a quarter of the room that the longest vectors take.
# https://developers.openai.com/api/docs/guides/embeddings https://ai.google.dev/gemini-api/docs/embeddings
DIMENSIONS: Final = 768


class Purpose(StrEnum):
    """What a text is embedded as: one of those that are found, or what they are looked for with."""

    PASSAGE = "passage"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Where texts stand in a space, in their order."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage


class EmbeddingProvider(Protocol):
    """A vendor that turns texts into vectors. Raises QuartetError, and never asks twice."""

    @property
    def model(self) -> str:
        """The model that does it."""
        ...

    async def embed(self, texts: Sequence[str], purpose: Purpose) -> Embedded: ...


def space_of(provider: str, model: str) -> str:
    """Name the space that vectors belong to: those of different ones say nothing of each other."""
    return f"{provider}/{model}/{DIMENSIONS}"


def estimated_embedding(provider: str, model: str, texts: Sequence[str]) -> Usage:
    """Guess the tokens of texts where the vendor does not count them."""
    tokens = sum(map(estimate_tokens, texts))
    return Usage(provider=provider, model=model, input_tokens=tokens, output_tokens=0, estimated=True)
