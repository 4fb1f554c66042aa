import random
import time
from collections import deque
from collections.abc import Callable
from typing import Final

FIRST_DELAY_SECONDS: Final = 0.2
LONGEST_DELAY_SECONDS: Final = 10.0
MAX_CRASHES: Final = 10
WINDOW_SECONDS: Final = 60.0


class Restarts:
    """When to start a crashed process again: at once-ish, then ever later, and at last not at all."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, jitter: Callable[[], float] = random.random
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self._crashes: deque[float] = deque(maxlen=MAX_CRASHES)

    def delay_seconds(self) -> float | None:
        """Count a crash. Returns how long to wait, or None after ten crashes within a minute."""
        now = self._clock()
        self._crashes.append(now)
        recent = sum(now - crash < WINDOW_SECONDS for crash in self._crashes)
        if recent >= MAX_CRASHES:
            return None
        delay_seconds = min(FIRST_DELAY_SECONDS * 2.0 ** (recent - 1), LONGEST_DELAY_SECONDS)
        return delay_seconds * (1 + self._jitter() / 10)
