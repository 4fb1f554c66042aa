import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from services.admin.charts import frames
from services.admin.charts.sketch import Order
from services.chassis.errors import InternalError, ServiceUnavailable

log = structlog.get_logger()

COMMAND: Final = "services.admin.charts"
# The first drawing waits until the library has been read.
DRAWING_SECONDS: Final = 30.0
IDLE_SECONDS: Final = 900.0
MAX_WAITING: Final = 32


@dataclass(frozen=True)
class Worker:
    """The process that draws, and the line to it."""

    process: subprocess.Popen[bytes]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, content: bytes) -> tuple[int, bytes]:
        self.writer.write(frames.framed(frames.OK, content))
        await self.writer.drain()
        status, length = frames.LENGTH.unpack(await self.reader.readexactly(frames.LENGTH.size))
        return status, await self.reader.readexactly(length)

    async def end(self) -> None:
        self.process.kill()
        self.writer.close()
        await asyncio.to_thread(self.process.wait)


class Press:
    """Draws charts in a process of its own: drawing holds the interpreter's lock, and needs 180 MB.

    The process starts with the first order and ends when there has been none for a quarter of an hour.
    """

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._leaving: asyncio.Task[None] | None = None

    async def print(self, order: Order) -> bytes:
        """Return the drawing. Raises ServiceUnavailable where too many wait, or it takes too long."""
        if self._waiting >= MAX_WAITING:
            raise ServiceUnavailable("Too many charts wait to be drawn.")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._printed(order)
        finally:
            self._waiting -= 1

    async def _printed(self, order: Order) -> bytes:
        self._leave_later()
        try:
            async with asyncio.timeout(DRAWING_SECONDS):
                worker = await self._living()
                status, content = await worker.ask(order.to_json())
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            await self._end()
            raise ServiceUnavailable("A chart could not be drawn.") from error
        except asyncio.CancelledError:
            # Half an answer is on the line: the next order must not read it.
            await self._end()
            raise
        if status != frames.OK:
            log.error("chart_not_drawn", error=content.decode(errors="replace")[:500])
            raise InternalError
        return content

    async def _living(self) -> Worker:
        if self._worker is not None and self._worker.process.poll() is not None:
            await self._end()
        self._worker = self._worker or await _started()
        return self._worker

    def _leave_later(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
        self._leaving = asyncio.create_task(self._leave())

    async def _leave(self) -> None:
        await asyncio.sleep(IDLE_SECONDS)
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end()

    async def aclose(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
        await self._end()


async def _started() -> Worker:
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = await asyncio.to_thread(_start, theirs)
        except BaseException:
            ours.close()
            raise
    return Worker(process, *await asyncio.open_unix_connection(sock=ours))


def _start(theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start a process. Not through the loop: uvloop forks, and gRPC complains of forks on stderr."""
    return subprocess.Popen(  # noqa: S603 - our own module
        (sys.executable, "-m", COMMAND),
        stdin=theirs.fileno(),
        stdout=theirs.fileno(),
        stderr=subprocess.DEVNULL,
        # A worker has no use for keys. Times are drawn in UTC.
        env={"PYTHONPATH": os.pathsep.join(sys.path), "TZ": "UTC"},
    )


@asynccontextmanager
async def open_press() -> AsyncIterator[Press]:
    """A press while the block runs."""
    press = Press()
    try:
        yield press
    finally:
        await press.aclose()
