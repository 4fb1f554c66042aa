import re
from collections.abc import Sequence
from typing import Final

# The sandbox's own rule: a token is up to four letters or digits, or one other character, with the white
# space before it.
TOKEN: Final = re.compile(r"\s*(?:\w{1,4}|[^\w\s])|\s+")
CACHE_MINIMUM_TOKENS: Final = 1024
CACHE_STEP_TOKENS: Final = 128


def split(text: str) -> list[str]:
    """Cut a text into tokens. Joined, they are the text again."""
    return TOKEN.findall(text)


def count(text: str) -> int:
    return sum(1 for _ in TOKEN.finditer(text))


def cached(texts: Sequence[str]) -> int:
    """Count what a vendor's prompt cache would hold: all but the last text, in whole steps.

    https://developers.openai.com/api/docs/guides/prompt-caching
    """
    prefix = sum(count(text) for text in texts[:-1])
    return prefix - prefix % CACHE_STEP_TOKENS if prefix >= CACHE_MINIMUM_TOKENS else 0
