import re
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import Final

import snowballstemmer  # type: ignore[import-untyped]  # no stubs

WORD: Final = re.compile(r"[^\W_]+(?:[.,:/-]\d+)*", re.UNICODE)
CYRILLIC: Final = re.compile(r"[а-яё]")
MAX_STEMS: Final = 200_000
# Words of one family begin alike; a stemmer joins only the forms of one word.
ROOT_LETTERS: Final = 5
ROOT_MARK: Final = "~"
# What stands in every text tells nothing of it.
STOP_WORDS: Final = frozenset(
    (
        *("и", "в", "во", "не", "что", "он", "на", "я", "с", "со", "как", "а", "то", "все", "она", "так"),
        *("но", "да", "ты", "к", "у", "же", "вы", "за", "бы", "по", "ее", "её", "мне", "есть", "ли", "или"),
        *("об", "от", "из", "это", "для", "при", "до", "их", "был", "была", "были", "быть", "если", "мы"),
        *("о", "ни", "его", "the", "a", "an", "and", "or", "of", "to", "in", "is", "are", "was", "were"),
        *("be", "it", "its", "that", "this", "for", "on", "with", "as", "at", "by", "from", "not", "but"),
        *("if", "do", "does", "did", "i"),
    )
)


class Words:
    """Makes of a text the stems of its words, in Russian and in English.

    Stems are remembered: the words of a long document are few, and stemming is slow.
    """

    def __init__(self) -> None:
        russian, english = snowballstemmer.stemmer("russian"), snowballstemmer.stemmer("english")

        # A stemmer works on one word at a time, and threads share it.
        turn = Lock()

        @lru_cache(MAX_STEMS)
        def stem(word: str) -> str:
            stemmer = russian if CYRILLIC.search(word) else english
            with turn:
                return str(stemmer.stemWord(word.replace("ё", "е")))

        self._stem = stem

    def __reduce__(self) -> tuple[type["Words"], tuple[()]]:
        """Travels between processes without what it remembers."""
        return Words, ()

    def stems(self, text: str) -> list[str]:
        return list(self._stems(text))

    def terms(self, text: str) -> list[str]:
        """Return the stems, and the roots of long ones: "гарантийный" is of the family of "гарантия"."""
        stems = self.stems(text)
        return stems + [f"{ROOT_MARK}{stem[:ROOT_LETTERS]}" for stem in stems if len(stem) > ROOT_LETTERS]

    def _stems(self, text: str) -> Iterator[str]:
        for found in WORD.finditer(text.lower()):
            word = found[0]
            if word not in STOP_WORDS:
                yield self._stem(word)
