import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from services.local.console import Console
from services.local.keeper import Keeper
from services.local.parts import Part
from services.local.restarts import Restarts

READY_SECONDS: Final = 60.0
PROBE_INTERVAL_SECONDS: Final = 0.1
# Beyond the grace that a part gives its running calls: for closing what it has open.
CLOSING_SECONDS: Final = 5.0


class Supervisor:
    """Starts parts stage by stage, keeps them running, and ends them in reverse order."""

    def __init__(self, parts: Sequence[Part], console: Console, root: Path, *, grace_seconds: float) -> None:
        self._console = console
        self._grace_seconds = grace_seconds + CLOSING_SECONDS
        self._keepers = [Keeper(part, console, Restarts(), root) for part in parts]
        self._running: dict[Keeper, asyncio.Task[None]] = {}
        self._failed = asyncio.Event()

    async def run(self, stop: asyncio.Event, when_up: Callable[[], Awaitable[None]]) -> None:
        """Run until `stop`, or until a part cannot be kept running: then its PartFailed is raised."""
        try:
            for _, stage in groupby(self._keepers, key=lambda keeper: keeper.part.stage):
                await self._unless_ended(self._start(list(stage)), stop)
            await self._unless_ended(when_up(), stop)
            await self._unless_ended(asyncio.Event().wait(), stop)
        finally:
            await self._stop()
        self._raise_failure()

    def kill(self) -> None:
        """End every part at once."""
        for keeper in self._keepers:
            keeper.kill()

    async def _start(self, keepers: Sequence[Keeper]) -> None:
        for keeper in keepers:
            task = self._running[keeper] = asyncio.create_task(keeper.run(), name=keeper.part.name)
            task.add_done_callback(self._on_end)
        await asyncio.gather(*map(_wait_until_ready, keepers))

    def _on_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._failed.set()

    async def _unless_ended(self, work: Awaitable[Any], stop: asyncio.Event) -> None:
        """Do the work for as long as nobody stops us and nothing has failed."""
        if stop.is_set() or self._failed.is_set():
            if isinstance(work, Coroutine):
                work.close()
            return
        tasks = [asyncio.ensure_future(each) for each in (work, stop.wait(), self._failed.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        result, *_ = await asyncio.gather(*tasks, return_exceptions=True)
        if isinstance(result, Exception):
            raise result

    async def _stop(self) -> None:
        for keeper in reversed(self._keepers):
            if keeper in self._running:
                await keeper.stop(self._grace_seconds, self._running[keeper])

    def _raise_failure(self) -> None:
        for task in self._running.values():
            task.result()


async def _wait_until_ready(keeper: Keeper) -> None:
    reason: str | None = "it was never asked"
    try:
        async with asyncio.timeout(READY_SECONDS):
            while True:
                reason = await keeper.part.probe()
                if reason is None:
                    return
                await asyncio.sleep(PROBE_INTERVAL_SECONDS)
    except TimeoutError:
        raise keeper.failure(f"is not ready after {READY_SECONDS:g} s: {reason}") from None
