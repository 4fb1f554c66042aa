import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from services.local import tether
from services.local.probes import Probe

ROOT: Final = Path(__file__).resolve().parents[2]
READY_SECONDS: Final = 60.0
PROBE_INTERVAL_SECONDS: Final = 0.05
STOP_SECONDS: Final = 10.0
LOG_TAIL_CHARACTERS: Final = 4000


class NotReady(Exception):
    """A process ended, or did not become ready in time. The text holds the end of its log."""


class RealProcess:
    """One process of the stack, on ports that stay its own over restarts; it dies with the test run."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], probe: Probe, log: Path
    ) -> None:
        self.name = name
        self.environment = dict(environment)
        # Start the process again whenever it ends by itself or by a kill, as a supervisor would.
        self.restarts_automatically = False
        # Whose code it runs; that of another release is found before what is installed.
        self.tree = ROOT
        self._command = tuple(command)
        self._probe = probe
        self._log = log
        self._process: Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self, *, until_ready: bool = True) -> None:
        """Start the process. Raises NotReady."""
        await self._spawn()
        if until_ready:
            await self.wait_until_ready()

    async def wait_until_ready(self) -> None:
        """Return when the process answers. Raises NotReady."""
        reason: str | None = "it was never asked"
        try:
            async with asyncio.timeout(READY_SECONDS):
                while True:
                    reason = await self._probe()
                    if reason is None:
                        return
                    if not self.is_running and not self.restarts_automatically:
                        raise self._not_ready(f"ended with {self._process and self._process.returncode}")
                    await asyncio.sleep(PROBE_INTERVAL_SECONDS)
        except TimeoutError:
            raise self._not_ready(f"is not ready after {READY_SECONDS:g} s: {reason}") from None

    async def wait_until_ended(self) -> int:
        """Return the exit code; a signal's is negative."""
        assert self._process is not None, f"{self.name} was never started"
        return await self._process.wait()

    async def kill(self) -> None:
        """kill -9, and wait until it is gone; what restarts automatically is back soon after."""
        await self._end(signal.SIGKILL)

    async def terminate(self) -> None:
        """SIGTERM, and wait until it is gone; what restarts automatically is back soon after."""
        await self._end(signal.SIGTERM)

    async def stop(self) -> None:
        """End it for good, with SIGTERM as a rollout does."""
        self.restarts_automatically = False
        self.resume()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._end(signal.SIGTERM)
        except TimeoutError:
            await self._end(signal.SIGKILL)
        if self._watcher is not None:
            self._watcher.cancel()

    def pause(self) -> None:
        """SIGSTOP: it keeps its connections and does nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def logs(self) -> str:
        """Return everything that it has written, over all its lives."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def cpu_seconds(self) -> float:
        """Return the user and system time that this life of it has taken."""
        return _cpu_seconds(self.pid)

    def rss_mb(self) -> float:
        """Return its resident memory in MB."""
        return _rss_mb(self.pid)

    def family_cpu_seconds(self) -> float:
        """Return the same for it and the processes that it has started."""
        return sum(map(_cpu_seconds, _family(self.pid)))

    def family_rss_mb(self) -> float:
        """Return the same for it and the processes that it has started; shared pages count for each."""
        return sum(map(_rss_mb, _family(self.pid)))

    async def _spawn(self) -> None:
        command = (sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *self._command)
        code = {} if self.tree == ROOT else {"PYTHONPATH": f"{self.tree}:{self.tree / 'proto' / 'gen'}"}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=DEVNULL, stdout=log, stderr=log, env=self.environment | code, cwd=self.tree
            )
        self._watcher = asyncio.create_task(self._start_again_after(self._process))

    async def _start_again_after(self, process: Process) -> None:
        await process.wait()
        if self.restarts_automatically:
            await self._spawn()

    async def _end(self, number: signal.Signals) -> None:
        process = self._process
        self._signal(number)
        if process is not None:
            await process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _not_ready(self, reason: str) -> NotReady:
        return NotReady(f"{self.name} {reason}\n{self.logs()[-LOG_TAIL_CHARACTERS:]}")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _family(pid: int) -> list[int]:
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [pid, *(member for child in children for member in _family(child))]
