import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.chassis.errors import ServiceUnavailable

RETRY_AFTER_SECONDS: Final = (3.0, 10.0)


class Places:
    """How much is done at once in this process; who finds no place is sent away."""

    def __init__(self, count: int, *, what: str) -> None:
        self._free = count
        self._what = what

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take a place for the block. Raises ServiceUnavailable when there is none."""
        if not self._free:
            pause_seconds = random.uniform(*RETRY_AFTER_SECONDS)  # noqa: S311 - spreads load
            raise ServiceUnavailable(f"too many {self._what}", retry_after_seconds=pause_seconds)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
