from collections import defaultdict
from collections.abc import Sequence
from typing import Final

# Cormack, Clarke, Büttcher: Reciprocal Rank Fusion, SIGIR 2009. Their 60 serves lists of equal worth.
# An answer is given dozens of pages: what meaning alone finds best may come eighth.
DAMPING: Final = 5
# Documents are asked for names and numbers, too, which words find and vectors blur.
MEANINGS_WEIGHT: Final = 0.5


def fused(by_words: Sequence[int], by_meaning: Sequence[int]) -> list[tuple[int, float]]:
    """Merge two rankings, the best first of each: what both have near the top comes first."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking, weight in ((by_words, 1.0), (by_meaning, MEANINGS_WEIGHT)):
        for rank, number in enumerate(ranking, start=1):
            scores[number] += weight / (DAMPING + rank)
    return sorted(scores.items(), key=lambda entry: -entry[1])
