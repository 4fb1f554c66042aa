import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2


class Responses:
    """Finds the vendor's response to a request that the SDK makes, so that it can be closed at once.

    The SDK keeps it to itself: an answer that is closed between two chunks leaves its connection open until
    the garbage collector comes by.
    """

    def __init__(self) -> None:
        self._found: dict[asyncio.Task[object] | None, list[httpx2.Response]] = {}

    @contextmanager
    def watched(self) -> Iterator[list[httpx2.Response]]:
        """Collect the responses to what the current task asks meanwhile."""
        task = asyncio.current_task()
        found = self._found[task] = []
        try:
            yield found
        finally:
            del self._found[task]

    async def note(self, response: httpx2.Response) -> None:
        """Be told of every response; an event hook of the HTTP client."""
        found = self._found.get(asyncio.current_task())
        if found is not None:
            found.append(response)
