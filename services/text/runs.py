import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from services.chassis.errors import ProviderInterrupted, ServiceUnavailable
from services.text.coalescing import Coalescer
from services.text.conversation import Finish, Usage

RETRY_AFTER_SECONDS: Final = (1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Answered:
    """How a reply ended. `is_replayed`: from the store, the vendor was not asked."""

    finish: Finish
    usage: Usage
    wasted_runs: int
    is_replayed: bool = False
    failed_over: bool = False


Work = Callable[["Run"], Awaitable[Answered]]


class Run:
    """One answer on its way, in a task of its own.

    So it may end in order after its caller has gone: the vendor's stream is closed first, then what was said
    is stored. `is_answered` once the vendor is done: from then on the run is no longer cancelled.
    `is_repeated` once a newer call asks for the very same run.
    """

    def __init__(self, run_id: str, work: Work, *, interval_seconds: float) -> None:
        self.run_id = run_id
        self.output = Coalescer(interval_seconds)
        self.is_answered = False
        self.is_repeated = False
        self._has_made_way = False
        self._is_cancelled = False
        self._work = work
        self._task = asyncio.create_task(self._answer())
        self._task.add_done_callback(self._close)

    async def events(self) -> AsyncGenerator[str | Answered]:
        """Yield the answer's text, then how it ended. Leaving early cancels the run.

        Raises what the run raised, and ProviderInterrupted when a newer run took its place.
        """
        try:
            async with aclosing(self.output.texts()) as texts:
                async for text in texts:
                    yield text
            await self.ended()
            if self._task.cancelled() and self._has_made_way:
                raise ProviderInterrupted("a newer call of the same turn took over")
            yield await self._task
        finally:
            self.cancel()

    def cancel(self) -> None:
        """End the vendor's stream. Once is enough: what was said is being stored then."""
        if not self.is_answered and not self._is_cancelled:
            self._is_cancelled = True
            self._task.cancel()

    def make_way(self, run_id: str) -> None:
        """Yield to a newer call of the same turn. If it repeats this run, nothing partial of it is kept."""
        self._has_made_way = True
        self.is_repeated = run_id == self.run_id
        self.cancel()

    async def ended(self) -> None:
        await asyncio.wait({self._task})

    def on_end(self, callback: Callable[[], None]) -> None:
        self._task.add_done_callback(lambda _task: callback())

    async def _answer(self) -> Answered:
        return await self._work(self)

    def _close(self, task: asyncio.Task[Answered]) -> None:
        self.output.close()
        if not task.cancelled():
            task.exception()  # perhaps nobody is left to hear of it


class Runs:
    """The answers under way in this process: not too many, and one at a time for a turn, the newest."""

    def __init__(self, *, max_runs: int, interval_seconds: float) -> None:
        self._max_runs = max_runs
        self._interval_seconds = interval_seconds
        self._latest: dict[tuple[str, str], Run] = {}
        self._active: set[Run] = set()

    def begin(self, conversation_id: str, turn_id: str, run_id: str, work: Work) -> Run:
        """Start to work on a turn, once whoever worked on it has made way and stored what is to be kept.

        Raises ServiceUnavailable when there are too many.
        """
        if len(self._active) >= self._max_runs:
            pause_seconds = random.uniform(*RETRY_AFTER_SECONDS)  # noqa: S311 - spreads load
            raise ServiceUnavailable("too many answers are under way", retry_after_seconds=pause_seconds)
        key = (conversation_id, turn_id)
        older = self._latest.get(key)
        if older is not None:
            older.make_way(run_id)

        async def after_older(run: Run) -> Answered:
            if older is not None:
                await older.ended()
            return await work(run)

        run = Run(run_id, after_older, interval_seconds=self._interval_seconds)
        self._latest[key] = run
        self._active.add(run)
        run.on_end(lambda: self._forget(key, run))
        return run

    async def ended(self) -> None:
        """Wait for the runs whose callers have gone. Each is done within the store's time limit."""
        await asyncio.gather(*(run.ended() for run in self._active))

    def _forget(self, key: tuple[str, str], run: Run) -> None:
        self._active.discard(run)
        if self._latest.get(key) is run:
            del self._latest[key]
