import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from services.chassis.signals import Broadcast
from services.image.darkroom import Developed
from services.image.picture import Kept


@dataclass(frozen=True, slots=True)
class Finished:
    """A picture that is kept. `contents` are its files by name, as far as they are at hand."""

    kept: Kept
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    is_replayed: bool = False


Work = Callable[["Run"], Awaitable[Finished]]


class Run:
    """One picture on its way, in a task of its own: as long as someone waits for it."""

    def __init__(self, work: Work) -> None:
        self._changed = Broadcast()
        self._preview: Developed | None = None
        self._listener_count = 0
        self.is_abandoned = False
        self._task = asyncio.create_task(self._finish(work))
        self._task.add_done_callback(self._close)

    def show(self, preview: Developed) -> None:
        """Show what is drawn so far. Whoever is slow sees the newest only."""
        self._preview = preview
        self._changed.send()

    async def events(self) -> AsyncGenerator[Developed | Finished]:
        """Yield previews, then the picture, or raise what it raised. The last who leaves early cancels it."""
        self._listener_count += 1
        seen: Developed | None = None
        try:
            while not self._task.done():
                if self._preview is not None and self._preview is not seen:
                    seen = self._preview
                    yield seen
                else:
                    await self._changed.wait()
            yield self._task.result()
        finally:
            self._listener_count -= 1
            if not self._listener_count and not self._task.done():
                self.is_abandoned = True
                self._task.cancel()

    async def ended(self) -> None:
        await asyncio.wait({self._task})

    def on_end(self, callback: Callable[[], None]) -> None:
        self._task.add_done_callback(lambda _task: callback())

    async def _finish(self, work: Work) -> Finished:
        return await work(self)

    def _close(self, task: asyncio.Task[Finished]) -> None:
        self._changed.send()
        if not task.cancelled():
            task.exception()  # perhaps nobody is left to hear of it


class Runs:
    """The pictures under way in this process, one of each id: who asks for it again waits with the others."""

    def __init__(self) -> None:
        self._under_way: dict[str, Run] = {}

    def join(self, picture_id: str, work: Work) -> Run:
        """Return the run of a picture, begun now unless it is under way."""
        older = self._under_way.get(picture_id)
        if older is not None and not older.is_abandoned:
            return older

        async def after_older(run: Run) -> Finished:
            if older is not None:
                await older.ended()
            return await work(run)

        run = self._under_way[picture_id] = Run(after_older)
        run.on_end(lambda: self._forget(picture_id, run))
        return run

    async def ended(self) -> None:
        """Wait for those that nobody waits for any more."""
        await asyncio.gather(*(run.ended() for run in self._under_way.values()))

    def _forget(self, picture_id: str, run: Run) -> None:
        if self._under_way.get(picture_id) is run:
            del self._under_way[picture_id]
