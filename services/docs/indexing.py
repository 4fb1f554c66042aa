import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from typing import Final

from services.chassis.errors import ServiceUnavailable
from services.docs.finding import Index
from services.docs.passages import passages_of
from services.docs.readers.base import Page
from services.docs.words import Words

MAX_PROCESSES: Final = 2


class Indexer:
    """Makes the index of a long document, in a process of its own: that takes seconds of work."""

    def __init__(self) -> None:
        self._turnstile = asyncio.Semaphore(MAX_PROCESSES)

    async def index(self, pages: Sequence[Page]) -> Index:
        """Raises ServiceUnavailable."""
        payload = await asyncio.to_thread(_written, pages)
        async with self._turnstile:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE
            )
            try:
                output, _ = await process.communicate(payload)
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode:
            raise ServiceUnavailable("a document could not be indexed")
        # Both ends are our own, and what travels is ours: nobody else writes to these pipes.
        index: Index = await asyncio.to_thread(pickle.loads, output)
        return index


def _written(pages: Sequence[Page]) -> bytes:
    return pickle.dumps(tuple(pages))


def main() -> None:
    """Read pages, write their index."""
    pages: tuple[Page, ...] = pickle.load(sys.stdin.buffer)  # noqa: S301  # our parent wrote it
    sys.stdout.buffer.write(pickle.dumps(Index(list(passages_of(pages)), Words())))


if __name__ == "__main__":
    main()
