import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from services.docs.jail import frames
from services.docs.jail.statement import Statement
from services.docs.readers.base import Problem, Unreadable

COMMAND: Final = "services.docs.jail"
READY_SECONDS: Final = 30.0
LAST_SECONDS: Final = 1.0
# Libraries in C++ abort when memory runs out; who is killed from outside has taken the memory of all.
DEATHS: Final = {
    -signal.SIGXCPU: Problem.TOO_SLOW,
    -signal.SIGABRT: Problem.TOO_MUCH_MEMORY,
    -signal.SIGKILL: Problem.TOO_MUCH_MEMORY,
}


class Lost(Exception):
    """The process ended before it had told how its job went. `exit_code` is negative for a signal."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code

    @property
    def problem(self) -> Problem:
        """What the file has done to it."""
        return DEATHS.get(self.exit_code, Problem.BROKEN)


@dataclass(frozen=True, slots=True)
class Order:
    """A job, and what it may take. Without a job the process tries to escape, and tells how."""

    memory_bytes: int
    cpu_seconds: int
    job: dict[str, Any] | None

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


class Inmate:
    """A process that waits for one job, its libraries read in already. It may be killed at any moment."""

    def __init__(
        self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer

    @classmethod
    async def start(cls) -> Self:
        """Start a process, and wait until it is ready. Raises OSError, Lost, TimeoutError, Unreadable."""
        ours, theirs = socket.socketpair()
        starting = asyncio.ensure_future(asyncio.to_thread(_start, theirs))
        try:
            process = await asyncio.shield(starting)
        except BaseException:
            ours.close()  # so the process, if it comes to be, ends by itself
            starting.add_done_callback(_left)
            raise
        inmate = cls(process, *await asyncio.open_unix_connection(sock=ours))
        try:
            async with asyncio.timeout(READY_SECONDS):
                await inmate.hear(max_bytes=1024)
        except BaseException:
            await inmate.end()
            raise
        return inmate

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    async def order(self, order: Order) -> None:
        """Give it its job. Raises Lost."""
        try:
            self._writer.write(order.line())
            await self._writer.drain()
        except OSError as error:
            raise Lost(await self._ended()) from error

    async def hear(self, *, max_bytes: int) -> Statement | bytes:
        """Return its next message: facts, or a file. Raises Lost, Unreadable where it says too much."""
        try:
            kind, length = frames.HEADER.unpack(await self._reader.readexactly(frames.HEADER.size))
            if length > max_bytes:
                raise Unreadable(Problem.TOO_MUCH_TEXT)
            content = await self._reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Lost(await self._ended()) from error
        return content if kind == frames.BYTES else Statement.of(content)

    async def end(self) -> None:
        """Kill the process, and what it has not told."""
        self._process.kill()
        await self._ended()

    async def _ended(self) -> int:
        """Return the exit code; none of its own when it has stopped talking and does not end."""
        self._writer.close()
        try:
            return await asyncio.to_thread(self._process.wait, LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
            return 0


def _start(theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start a process. Not through the loop: uvloop forks, and gRPC complains of forks on stderr."""
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_THREAD_LIMIT": "1"}
    if "TESSDATA_PREFIX" in os.environ:
        environment["TESSDATA_PREFIX"] = os.environ["TESSDATA_PREFIX"]
    with theirs:
        return subprocess.Popen(  # noqa: S603 - our own module
            (sys.executable, "-m", COMMAND),
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )


def _left(starting: asyncio.Future[subprocess.Popen[bytes]]) -> None:
    """Nobody waits any more for this process."""
    if not starting.cancelled() and starting.exception() is None:
        starting.result().kill()
        starting.result().wait()
