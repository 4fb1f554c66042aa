import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for the vendor."""

    connect_seconds: float
    first_token_seconds: float
    next_token_seconds: float
    total_seconds: float


class Deadlines:
    """The moments at which one answer is given up: no first token, no next one, no end."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._loop = asyncio.get_running_loop()
        self._next_token_seconds = timeouts.next_token_seconds
        self._at = self._loop.time() + timeouts.first_token_seconds
        self._end_at = self._loop.time() + timeouts.total_seconds

    def advance(self) -> None:
        """A token came: the next one is awaited from now on."""
        self._at = self._loop.time() + self._next_token_seconds

    def guard(self) -> asyncio.Timeout:
        """Return the context in which to await; it raises TimeoutError."""
        return asyncio.timeout_at(min(self._at, self._end_at))
