from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import bm25s  # type: ignore[import-untyped]  # no stubs

from services.docs.passages import Passage
from services.docs.words import Words

MAX_FOUND: Final = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that has to do with a question, the better the higher."""

    number: int
    passage: Passage
    score: float


class Index:
    """Finds passages by their words: BM25 over stems. https://github.com/xhluca/bm25s"""

    def __init__(self, passages: Sequence[Passage], words: Words) -> None:
        self._passages = passages
        self._words = words
        stems = [words.stems(passage.text) or ["—"] for passage in passages]
        self._ranking = bm25s.BM25(k1=1.2, b=0.6)
        self._vocabulary: frozenset[str] = frozenset().union(*stems)
        if stems:
            self._ranking.index(stems, show_progress=False)

    @property
    def character_count(self) -> int:
        return sum(len(passage.text) for passage in self._passages)

    def count_known(self, question: str) -> int:
        """Say how many different words of a question stand in the document."""
        return len(self._vocabulary.intersection(self._words.stems(question)))

    def find(self, question: str, *, most: int = MAX_FOUND) -> list[Found]:
        """Return the passages that share words with a question, the best first."""
        known = [stem for stem in self._words.stems(question) if stem in self._vocabulary]
        if not known:
            return []
        most = min(most, len(self._passages))
        numbers, scores = self._ranking.retrieve([known], k=most, show_progress=False)
        return [
            Found(int(number), self._passages[int(number)], float(score))
            for number, score in zip(numbers[0], scores[0], strict=True)
            if score > 0
        ]
