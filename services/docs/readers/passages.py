import re
from typing import Final

_WORD: Final = re.compile(r"\w+", re.UNICODE)
MAX_WORDS: Final = 60
LEAST_WORDS: Final = 4


def find_passage(text: str, passage: str) -> tuple[int, int] | None:
    """Say where a passage stands in a text, whatever its spaces, line ends, hyphens and marks are.

    A long one is found by its beginning. None where it is not there.
    """
    words = _WORD.findall(passage)[:MAX_WORDS]
    while words:
        found = re.search(r"[\W_]+".join(map(_spread, words)), text, re.IGNORECASE)
        if found:
            return found.span()
        if len(words) <= LEAST_WORDS:
            return None
        words = words[: max(LEAST_WORDS, len(words) * 2 // 3)]
    return None


def _spread(word: str) -> str:
    """A word as it may stand torn apart at the end of a line."""
    return re.escape(word) if len(word) < 4 else r"(?:-\s*|\u00ad\s*)?".join(map(re.escape, word))
