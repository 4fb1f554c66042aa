import asyncio
import random


class Backoff:
    """Pauses that grow from attempt to attempt, with jitter so that many who failed together part again."""

    def __init__(self, first_seconds: float, *, longest_seconds: float) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._next_seconds = first_seconds

    def next_seconds(self) -> float:
        """The next pause: half to one and a half times a length that doubles up to the longest."""
        length = self._next_seconds
        self._next_seconds = min(length * 2, self._longest_seconds)
        return length * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, protects nothing

    async def pause(self) -> None:
        await asyncio.sleep(self.next_seconds())

    def reset(self) -> None:
        """Begins anew, after a success."""
        self._next_seconds = self._first_seconds
