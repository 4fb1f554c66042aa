import asyncio
import os
import socket
import subprocess
import sys
from typing import Any, Final, Self

from services.image.darkroom import frames

COMMAND: Final = "services.image.darkroom"


class WorkerLost(Exception):
    """The process ended, or said what makes no sense, in the middle of a picture."""


class Worker:
    """A process that develops pictures, one at a time. It holds no keys and may be killed at any moment."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer

    @classmethod
    async def start(cls) -> Self:
        """Start a process, and wait until it is ready. Raises OSError, WorkerLost."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = await asyncio.to_thread(_start, theirs)
            except BaseException:
                ours.close()
                raise
        worker = cls(process, *await asyncio.open_unix_connection(sock=ours))
        try:
            await worker._read()
        except BaseException:
            await worker.end()
            raise
        return worker

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    async def ask(self, head: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        """Send a picture and return what came of it. Raises WorkerLost: the process is of no use then."""
        try:
            self._writer.write(frames.opening(head, len(content)))
            self._writer.write(content)
            await self._writer.drain()
        except OSError as error:
            raise WorkerLost from error
        return await self._read()

    async def _read(self) -> tuple[dict[str, Any], bytes]:
        try:
            prefix = await self._reader.readexactly(frames.LENGTH.size)
            head_bytes, content_bytes = frames.lengths(prefix)
            head = frames.head(await self._reader.readexactly(head_bytes))
            return head, await self._reader.readexactly(content_bytes)
        except (OSError, asyncio.IncompleteReadError, frames.BadFrame) as error:
            raise WorkerLost from error

    async def end(self) -> int:
        """Kill the process and return its exit code."""
        self._process.kill()
        self._writer.close()
        return await asyncio.to_thread(self._process.wait)


def _start(theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start a process. Not through the loop: uvloop forks, and gRPC complains of forks on stderr."""
    return subprocess.Popen(  # noqa: S603 - our own module
        (sys.executable, "-m", COMMAND),
        stdin=theirs.fileno(),
        stdout=theirs.fileno(),
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
