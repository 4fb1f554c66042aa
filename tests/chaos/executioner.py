import asyncio
import time
from collections.abc import Sequence

from tests.chaos.plan import Kill
from tests.load.progress import tell
from tests.support.stack import Stack


class Executioner:
    """Kills processes with SIGKILL as planned, and starts them again."""

    def __init__(self, stack: Stack, kills: Sequence[Kill], began_at: float) -> None:
        self._stack = stack
        self._kills = kills
        self._began_at = began_at
        self._down: set[str] = set()
        self.killed = 0

    async def run(self) -> None:
        """Returns once all that was killed answers again."""
        async with asyncio.TaskGroup() as group:
            for kill in self._kills:
                await asyncio.sleep(self._began_at + kill.at_seconds - time.monotonic())
                # One that is still down cannot be killed again.
                if kill.victim not in self._down:
                    self._down.add(kill.victim)
                    group.create_task(self._kill(kill))

    async def _kill(self, kill: Kill) -> None:
        tell(f"{kill.at_seconds:6.1f} s: {kill.victim} dies for {kill.down_seconds:.1f} s")
        process = self._stack.processes[kill.victim]
        self.killed += 1
        await process.kill()
        await asyncio.sleep(kill.down_seconds)
        await process.start(until_ready=False)
        self._down.remove(kill.victim)
