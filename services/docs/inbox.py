import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

import structlog

from services.chassis.errors import StartupError
from services.docs.readers.base import Problem, Unreadable

log = structlog.get_logger()

PREFIX: Final = "file-"
# What people are told of a limit.
BYTES_PER_MB: Final = 1_000_000
# Longer than any file is read.
LEFTOVER_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it stands in the inbox. `digest` is its SHA-256."""

    path: Path
    size_bytes: int
    digest: str


class Inbox:
    """Where files stand while they are read. Each has a folder of its own, which goes with the block."""

    def __init__(self, directory: Path, *, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes

    def open(self) -> None:
        """Make the directory, for this user alone, and clear what a kill left. Raises StartupError."""
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._directory.chmod(0o700)
        except OSError as error:
            raise StartupError(
                f"Files cannot be read at {self._directory}: {error.strerror}. Set DOCS_DIRECTORY to an "
                "absolute path of a directory that this user may make, or owns."
            ) from error
        for left in self._directory.glob(f"{PREFIX}*"):
            if left.stat().st_mtime < time.time() - LEFTOVER_SECONDS:
                with TemporaryDirectory(dir=self._directory) as grave:
                    left.rename(Path(grave) / left.name)
                log.info("leftover_deleted")

    @asynccontextmanager
    async def place(self, suffix: str = "") -> AsyncIterator[Path]:
        """Yield a path that nothing stands at yet."""
        folder = await asyncio.to_thread(TemporaryDirectory, prefix=PREFIX, dir=self._directory)
        try:
            yield Path(folder.name) / f"document{suffix}"
        finally:
            # In a thread of its own even when cancelled: what is begun there ends.
            await asyncio.shield(asyncio.to_thread(folder.cleanup))

    def require_fits(self, size_bytes: int) -> None:
        """Raise Unreadable when a file of this size would be too large."""
        if size_bytes > self._max_bytes:
            raise Unreadable(Problem.TOO_LARGE, max(1, self._max_bytes // BYTES_PER_MB))

    @asynccontextmanager
    async def receive(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[Received]:
        """Take a file in. Raises Unreadable when it is empty or too large."""
        async with self.place() as path:
            with await asyncio.to_thread(path.open, "xb") as file:
                size_bytes, digest = await self._write(file, chunks)
            if not size_bytes:
                raise Unreadable(Problem.EMPTY)
            yield Received(path, size_bytes, digest)

    async def _write(self, file: BinaryIO, chunks: AsyncIterator[bytes]) -> tuple[int, str]:
        size_bytes, digest = 0, hashlib.sha256()
        async for chunk in chunks:
            size_bytes += len(chunk)
            self.require_fits(size_bytes)
            await asyncio.to_thread(_append, file, chunk)
            digest.update(chunk)
        return size_bytes, digest.hexdigest()


def _append(file: BinaryIO, chunk: bytes) -> None:
    file.write(chunk)
    file.flush()
