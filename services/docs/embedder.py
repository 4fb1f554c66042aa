from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

# What one call of the text service takes.
MAX_TEXTS: Final = 96
MAX_TEXT_CHARACTERS: Final = 4000


class Purpose(StrEnum):
    """What a text is embedded as: one of those that are found, or what they are looked for with."""

    PASSAGE = "passage"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Where texts stand, in their order. Vectors of different spaces say nothing of each other."""

    space: str
    vectors: tuple[Sequence[float], ...]


class Embedder(Protocol):
    """Has texts turned into vectors, which are near each other where the texts mean alike."""

    async def embed(self, texts: Sequence[str], purpose: Purpose, *, space: str = "") -> Embedded:
        """Embed texts, into one space where it is named.

        Raises QuartetError; ModelNotFound where the space is no longer made.
        """
        ...
