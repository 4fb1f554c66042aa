from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MAX_DOWNLOADS: Final = 8
MAX_PER_USER: Final = 2


class NoPlace(Exception):
    """As many downloads as may be are under way."""


class Places:
    """Limits the downloads of this process, all of them and those of each user's videos."""

    def __init__(self, *, max_downloads: int = MAX_DOWNLOADS, max_per_user: int = MAX_PER_USER) -> None:
        self._max_downloads = max_downloads
        self._max_per_user = max_per_user
        self._taken: Counter[int] = Counter()

    @contextmanager
    def taken(self, user_id: int) -> Iterator[None]:
        """Take a place for the block. Raises NoPlace."""
        if self._taken.total() >= self._max_downloads or self._taken[user_id] >= self._max_per_user:
            raise NoPlace
        self._taken[user_id] += 1
        try:
            yield
        finally:
            self._taken[user_id] -= 1
            if not self._taken[user_id]:
                del self._taken[user_id]
