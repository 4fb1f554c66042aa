import re
from collections import Counter
from hashlib import blake2b
from math import sqrt
from typing import Final

WORD: Final = re.compile(r"\w+")
# Most forms of a word begin alike: cutting them off stands for a stemmer.
STEM_LETTERS: Final = 5


def embed(text: str, dimensions: int) -> list[float]:
    """Return a vector of length one that counts the stems of a text's words, hashed into its dimensions.

    It knows words, not meanings: texts are near each other where they share words, and only there.
    """
    counts = Counter(word[:STEM_LETTERS] for word in WORD.findall(text.lower()))
    vector = [0.0] * dimensions
    for stem, count in counts.items():
        number = int.from_bytes(blake2b(stem.encode(), digest_size=8).digest())
        vector[number % dimensions] += (1 if number >> 63 else -1) * sqrt(count)
    length = sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]
