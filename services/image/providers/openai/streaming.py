import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Any, Final

from openai import AsyncAPIResponse

from services.image.providers.base import Drawn, Preview
from services.image.providers.openai.errors import FAILURES
from services.image.providers.openai.reading import read_answer, read_event
from services.providers.deadlines import Deadlines
from services.providers.openai.errors import StreamFailed

END_SECONDS: Final = 0.5
DONE: Final = ["[DONE]"]


async def pieces(
    response: AsyncAPIResponse[Any], model: str, deadlines: Deadlines
) -> AsyncGenerator[Preview | Drawn]:
    """Yield what comes of a picture, streamed or, from servers that cannot, whole. Raises FAILURES."""
    if response.headers.get("content-type", "").startswith("application/json"):
        with deadlines.guard():
            body = await response.read()
        yield await read_answer(body, model)
        return
    async with aclosing(_events(response.iter_lines())) as events:
        is_drawn = False
        while not is_drawn:
            with deadlines.guard():
                data = await anext(events, None)
            if data is None:
                raise StreamFailed(None, "the stream ended without a picture")
            piece = await read_event(data, model)
            del data  # megabytes, like the piece: neither is needed while the next one is awaited
            if piece is not None:
                is_drawn = isinstance(piece, Drawn)
                yield piece
                deadlines.advance()
            del piece
        await _end(events)


async def _events(lines: AsyncIterator[str]) -> AsyncGenerator[str]:
    """Yield the data of server-sent events.

    The SDK's own reader keeps each event twice until the next one comes: 10 MB of every picture under way.
    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    parts: list[str] = []
    async for line in lines:
        if line.startswith("data:"):
            parts.append(line[5:].lstrip(" "))
        elif not line and parts:
            if parts != DONE:
                yield _taken(parts)
            parts.clear()


def _taken(parts: list[str]) -> str:
    """Join and forget, so that the generator holds nothing while it waits."""
    data = "\n".join(parts)
    parts.clear()
    return data


async def _end(events: AsyncGenerator[str]) -> None:
    """Read to the end, so that the connection can be used again; the picture is there whatever comes."""
    with suppress(*FAILURES):
        async with asyncio.timeout(END_SECONDS):
            async for _ in events:
                pass
