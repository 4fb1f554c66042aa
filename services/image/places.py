import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.chassis.errors import QuotaExceeded, ServiceUnavailable

RETRY_AFTER_SECONDS: Final = (3.0, 10.0)


class Places:
    """How many pictures are drawn at once, in this process: of each user, and of all."""

    def __init__(self, *, max_per_user: int, max_drawings: int) -> None:
        self._max_per_user = max_per_user
        self._max_drawings = max_drawings
        self._taken: Counter[int] = Counter()

    @contextmanager
    def taken(self, user_id: int) -> Iterator[None]:
        """Take a place for the block. Raises QuotaExceeded, or ServiceUnavailable when all are taken."""
        used = self._taken[user_id]
        if used >= self._max_per_user:
            raise QuotaExceeded(
                "too many pictures of this user are being drawn",
                metadata={
                    "quota": "pictures_at_once",
                    "limit": str(self._max_per_user),
                    "used": str(used),
                },
            )
        if self._taken.total() >= self._max_drawings:
            pause_seconds = random.uniform(*RETRY_AFTER_SECONDS)  # noqa: S311 - spreads load
            raise ServiceUnavailable("too many pictures are being drawn", retry_after_seconds=pause_seconds)
        self._taken[user_id] += 1
        try:
            yield
        finally:
            self._taken[user_id] -= 1
            # Users come and go: those without a picture are forgotten.
            self._taken += Counter()
