import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Self

MAX_ANSWER_BYTES: Final = 64 * 1024


class Lost(Exception):
    """The process ended before it had answered, or said what makes no sense."""

    def __init__(self, exit_code: int, *, is_late: bool = False) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
        """Negative for a signal."""
        self.is_late = is_late or exit_code == -signal.SIGXCPU


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may take. `file_bytes` is for each file it writes; `seconds` is by the clock."""

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int
    seconds: float


class Workshop:
    """Runs each piece of work in a process of its own, so many at once.

    Decoders are large, and the files come from anybody. The process holds no keys and has no name of a
    server; whoever no longer waits for it has it killed.
    """

    def __init__(self, *, max_at_once: int) -> None:
        self._places = asyncio.Semaphore(max_at_once)
        self._at_work: set[asyncio.Task[Any]] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, *, max_at_once: int) -> AsyncIterator[Self]:
        """At the end of the block what is still being worked on is killed."""
        workshop = cls(max_at_once=max_at_once)
        try:
            yield workshop
        finally:
            for task in workshop._at_work:
                task.cancel()
            await asyncio.gather(*workshop._at_work, return_exceptions=True)

    async def do(self, module: str, wish: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
        """Run `python -m module` and return its answer. Raises OSError where it cannot start, Lost."""
        async with self._places:
            task = asyncio.ensure_future(_done(module, wish, limits))
            self._at_work.add(task)
            try:
                return await task
            finally:
                self._at_work.discard(task)


async def _done(module: str, wish: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    order = {
        "wish": wish,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
        "file_bytes": limits.file_bytes,
    }
    ours, theirs = socket.socketpair()
    starting = asyncio.ensure_future(asyncio.to_thread(_start, module, json.dumps(order), theirs))
    try:
        process = await asyncio.shield(starting)
    except BaseException:
        ours.close()  # so the process ends by itself, should nobody wait even for this
        await asyncio.to_thread(_end, await starting)
        raise
    reader, writer = await asyncio.open_unix_connection(sock=ours, limit=MAX_ANSWER_BYTES)
    answer, is_late = b"", False
    try:
        async with asyncio.timeout(limits.seconds):
            answer = await reader.readline()
    except TimeoutError:
        is_late = True
    except (OSError, ValueError):
        answer = b""
    finally:
        writer.close()
        exit_code = await asyncio.shield(asyncio.to_thread(_end, process))
    return _read(answer, exit_code, is_late=is_late)


def _read(answer: bytes, exit_code: int, *, is_late: bool) -> dict[str, Any]:
    try:
        read = json.loads(answer)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise Lost(exit_code, is_late=is_late)
    return read


def _start(module: str, order: str, theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start a process. Not through the loop: uvloop forks, and gRPC complains of forks on stderr."""
    with theirs:
        return subprocess.Popen(  # noqa: S603 - our own module
            (sys.executable, "-m", module, order),
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes]) -> int:
    """Kill the process and all that it has started; its exit code is what it died of before, if it did."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()
