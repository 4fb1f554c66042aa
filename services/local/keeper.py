import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Final

from services.local import tether
from services.local.console import Console
from services.local.errors import PartFailed, PartRefused
from services.local.lines import Lines
from services.local.parts import Part
from services.local.restarts import Restarts

EXIT_REFUSED: Final = 2
LAST_LINES: Final = 15
CHUNK_BYTES: Final = 64 * 1024


class Keeper:
    """Keeps one part running: shows what it writes, starts it again when it crashes, ends it when told."""

    def __init__(self, part: Part, console: Console, restarts: Restarts, working_directory: Path) -> None:
        self.part = part
        self._console = console
        self._restarts = restarts
        self._working_directory = working_directory
        self._stopping = asyncio.Event()
        self._process: Process | None = None
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)

    async def run(self) -> None:
        """Return once stopped. Raises PartRefused on exit code 2, PartFailed after too many crashes."""
        while not self._stopping.is_set():
            self._process = await self._spawn()
            if self._stopping.is_set():
                self._signal(signal.SIGTERM)
            await self._show_output(self._process)
            code = await self._process.wait()
            if not self._stopping.is_set():
                await self._after_crash(code)

    async def stop(self, grace_seconds: float, running: asyncio.Task[None]) -> None:
        """End the process: SIGTERM, and SIGKILL for its group once the grace is over."""
        self._stopping.set()
        self._signal(signal.SIGTERM)
        done, _ = await asyncio.wait([running], timeout=grace_seconds)
        if not done:
            self._console.say(f"{self.part.name} has not ended within {grace_seconds:g} s: killed")
            self.kill()
            await asyncio.wait([running])

    def kill(self) -> None:
        """End the process and its group at once."""
        self._stopping.set()
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def failure(self, reason: str) -> PartFailed:
        return PartFailed(self.part.name, reason, self._last_lines)

    async def _spawn(self) -> Process:
        command = (sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *self.part.command)
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=dict(self.part.environment),
            cwd=self._working_directory,
            process_group=0,  # Ctrl-C in the terminal reaches the supervisor only, which ends parts in order
        )

    async def _show_output(self, process: Process) -> None:
        assert process.stdout is not None
        lines = Lines()
        while chunk := await process.stdout.read(CHUNK_BYTES):
            for line in lines.feed(chunk):
                self._show(line)
        for line in lines.rest():
            self._show(line)

    def _show(self, line: str) -> None:
        self._last_lines.append(line)
        self._console.line(self.part.name, line)

    async def _after_crash(self, code: int) -> None:
        ending = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        if code == EXIT_REFUSED:
            raise PartRefused(self.part.name, "refuses its settings.", self._last_lines)
        delay_seconds = self._restarts.delay_seconds()
        if delay_seconds is None:
            raise self.failure(f"{ending} again and again; it is not started any more.")
        self._console.say(f"{self.part.name} {ending}; starting it again in {delay_seconds:.1f} s")
        with suppress(TimeoutError):
            async with asyncio.timeout(delay_seconds):
                await self._stopping.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)
