import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import bm25s  # type: ignore[import-untyped]  # no stubs

from services.docs.passages import Passage
from services.docs.words import Words

MAX_FOUND: Final = 200
SENTENCE_END: Final = re.compile(r"(?<=[.!?…;])\s+|\n")
# What stands for a text without a word: an index takes no empty ones.
NOTHING: Final = ["—"]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that has to do with a question, the better the higher."""

    number: int
    passage: Passage
    score: float


class Index:
    """Finds passages by their words: BM25 over stems and roots. https://github.com/xhluca/bm25s

    Passages and their sentences are ranked apart, and both count: words of a question that are only near each
    other say less than those of one sentence.
    """

    def __init__(self, passages: Sequence[Passage], words: Words) -> None:
        self._passages = passages
        self._words = words
        terms = [words.terms(passage.text) for passage in passages]
        sentences = [
            (number, words.terms(sentence))
            for number, passage in enumerate(passages)
            for sentence in SENTENCE_END.split(passage.text)
            if sentence.strip()
        ]
        self._vocabulary: frozenset[str] = frozenset().union(*terms)
        self._owners = [number for number, _ in sentences]
        self._by_passage = _ranking(terms)
        self._by_sentence = _ranking([said for _, said in sentences])

    @property
    def character_count(self) -> int:
        return sum(len(passage.text) for passage in self._passages)

    def count_known(self, question: str) -> int:
        """Say how many different words of a question stand in the document."""
        return len(self._vocabulary.intersection(self._words.stems(question)))

    @property
    def passages(self) -> Sequence[Passage]:
        return self._passages

    def find(self, question: str, *, most: int = MAX_FOUND) -> list[Found]:
        """Return the passages that share words with a question, the best first."""
        known = [term for term in self._words.terms(question) if term in self._vocabulary]
        if not known:
            return []
        scores = defaultdict(float, _ranked(self._by_passage, known, most))
        counted: set[int] = set()
        for sentence, score in _ranked(self._by_sentence, known, most):
            number = self._owners[sentence]
            if number not in counted:  # its best sentence is the first one
                counted.add(number)
                scores[number] += score
        best = sorted(scores, key=lambda number: -scores[number])[:most]
        return [Found(number, self._passages[number], scores[number]) for number in best]


def _ranking(texts: Sequence[list[str]]) -> bm25s.BM25:
    ranking = bm25s.BM25(k1=1.2, b=0.6)
    ranking.index([stems or NOTHING for stems in texts] or [NOTHING], show_progress=False)
    return ranking


def _ranked(ranking: bm25s.BM25, stems: list[str], most: int) -> Iterator[tuple[int, float]]:
    known = [stem for stem in stems if stem in ranking.vocab_dict]
    if not known:
        return
    most = min(most, ranking.scores["num_docs"])
    numbers, scores = ranking.retrieve([known], k=most, show_progress=False)
    for number, score in zip(numbers[0], scores[0], strict=True):
        if score > 0:
            yield int(number), float(score)
