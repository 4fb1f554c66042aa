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

COMMAND: Final = "services.docs.jail"
READY_SECONDS: Final = 30.0


class Lost(Exception):
    """The process ended before it had told how its job went. `exit_code` is negative for a signal."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


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
        """Start a process, and wait until it is ready. Raises OSError, Lost, TimeoutError."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = await asyncio.to_thread(_start, theirs)
            except BaseException:
                ours.close()
                raise
        inmate = cls(process, *await asyncio.open_unix_connection(sock=ours))
        try:
            async with asyncio.timeout(READY_SECONDS):
                await inmate.hear(max_bytes=1024)
        except BaseException:
            await inmate.end()
            raise
        return inmate

    async def order(self, order: Order) -> None:
        """Give it its job. Raises Lost."""
        try:
            self._writer.write(order.line())
            await self._writer.drain()
        except OSError as error:
            raise Lost(await self.end()) from error

    async def hear(self, *, max_bytes: int) -> dict[str, Any] | bytes:
        """Return its next message: facts, or a file. Raises Lost, also for a message that is too long."""
        try:
            kind, length = frames.HEADER.unpack(await self._reader.readexactly(frames.HEADER.size))
            if length > max_bytes:
                raise Lost(await self.end())
            content = await self._reader.readexactly(length)
            if kind == frames.BYTES:
                return content
            message = json.loads(content)
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise Lost(await self._ended()) from error
        return message if isinstance(message, dict) else {}

    async def end(self) -> int:
        """Kill the process and return its exit code."""
        self._process.kill()
        return await self._ended()

    async def _ended(self) -> int:
        self._writer.close()
        try:
            return await asyncio.to_thread(self._process.wait, 1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return await asyncio.to_thread(self._process.wait)


def _start(theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start a process. Not through the loop: uvloop forks, and gRPC complains of forks on stderr."""
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_THREAD_LIMIT": "1"}
    if "TESSDATA_PREFIX" in os.environ:
        environment["TESSDATA_PREFIX"] = os.environ["TESSDATA_PREFIX"]
    return subprocess.Popen(  # noqa: S603 - our own module
        (sys.executable, "-m", COMMAND),
        stdin=theirs.fileno(),
        stdout=theirs.fileno(),
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )


def was_killed_for_time(exit_code: int) -> bool:
    """Whether the kernel ended it for its processor time."""
    return exit_code in (-signal.SIGXCPU, -signal.SIGKILL)
