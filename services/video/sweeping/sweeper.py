import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from services.chassis.errors import QuartetError
from services.video.persistence import STORE_FAILURES

log = structlog.get_logger()


class Sweeper:
    """Walks its rounds again and again, each by itself: what fails one does not keep the others.

    Any number of replicas may sweep at once: all of it is done by steps that may be repeated.
    """

    def __init__(self, rounds: Sequence[Callable[[], Awaitable[None]]], *, interval_seconds: float) -> None:
        self._rounds = rounds
        self._interval_seconds = interval_seconds

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            for walk in self._rounds:
                try:
                    await walk()
                except (*STORE_FAILURES, QuartetError) as error:
                    log.warning("video_sweep_failed", error=type(error).__name__)
            await asyncio.sleep(self._interval_seconds)
