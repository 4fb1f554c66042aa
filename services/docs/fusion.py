from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

# Cormack, Clarke, Büttcher: Reciprocal Rank Fusion, SIGIR 2009. It damps what only one ranking has on top.
DAMPING: Final = 60


def fused(rankings: Iterable[Sequence[int]]) -> list[tuple[int, float]]:
    """Merge rankings, the best first of each: what several have near the top comes first."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, number in enumerate(ranking, start=1):
            scores[number] += 1 / (DAMPING + rank)
    return sorted(scores.items(), key=lambda entry: -entry[1])
