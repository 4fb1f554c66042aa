import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Leave = Callable[[], None]
"""Lets the job that was given it go on beside its lane: the lane's next job begins."""
Job = Callable[[Leave], Awaitable[None]]


class Lanes:
    """Runs jobs: those of one lane one after the other in order, different lanes side by side.

    A job must not raise; one that does ends the task group that the lanes live in.
    """

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._waiting: dict[str, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def submit(self, lane: str, job: Job) -> None:
        if lane in self._waiting:
            self._waiting[lane].append(job)
            return
        self._waiting[lane] = deque([job])
        self._begin(lane)

    async def close(self, grace_seconds: float) -> None:
        """Begins no further job, and gives those that run `grace_seconds` to end, in their lanes or not."""
        for waiting in self._waiting.values():
            waiting.clear()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_seconds)
        for task in self._tasks:
            task.cancel()

    def _begin(self, lane: str) -> None:
        task = self._group.create_task(self._run(lane), name=f"lane {lane}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: str) -> None:
        waiting = self._waiting[lane]
        has_left = False

        def leave() -> None:
            nonlocal has_left
            if not has_left:
                has_left = True
                self._go_on(lane)

        try:
            while waiting and not has_left:
                await waiting.popleft()(leave)
        finally:
            if not has_left:
                del self._waiting[lane]

    def _go_on(self, lane: str) -> None:
        """Begins what waits in a lane whose job has left it."""
        if self._waiting[lane]:
            self._begin(lane)
        else:
            del self._waiting[lane]
