import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

LONGEST_TICK_SECONDS: Final = 0.05
STREAMS_PER_TICK: Final = 100


class ClientGone(Exception):
    """The client has closed its connection."""


@dataclass(frozen=True)
class Pace:
    """How fast answers come, and how long they are made (None: as the answer is).

    A picture takes `picture_seconds`, and its file has at least `picture_bytes`.
    """

    first_token_ms: float
    tokens_per_second: float
    tokens: int | None = None
    picture_seconds: float = 6.0
    picture_bytes: int | None = None


class Line:
    """The client's side of one call: notices, while waiting, that the client hung up."""

    def __init__(self, request: web.Request) -> None:
        self._request = request

    @property
    def is_open(self) -> bool:
        transport = self._request.transport
        return transport is not None and not transport.is_closing()

    async def wait(self, seconds: float) -> None:
        """Wait that long. Raises ClientGone within 50 ms of the client's hanging up."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0:
            # aiohttp tells a handler only by cancelling it, and only if its runner was set up so.
            await asyncio.sleep(min(left, LONGEST_TICK_SECONDS))
            self.check()
        self.check()

    async def wait_for_ever(self) -> None:
        while True:
            await self.wait(LONGEST_TICK_SECONDS)

    def check(self) -> None:
        if not self.is_open:
            raise ClientGone

    def cut(self) -> None:
        """Break the connection off, as a crashed server or a bad network does."""
        if self._request.transport is not None:
            self._request.transport.abort()


async def paced(
    tokens: Sequence[str],
    pace: Pace,
    line: Line,
    *,
    tick_seconds: float,
    started_at: float,
    active_streams: int,
) -> AsyncIterator[Sequence[str]]:
    """Yield the tokens in the groups that fall due together: one each tick, and fewer among many streams.

    The schedule is fixed from `started_at` on (loop time), so waits that run late do not add up.
    """
    loop = asyncio.get_running_loop()
    busy_tick_seconds = min(tick_seconds * (1 + active_streams // STREAMS_PER_TICK), LONGEST_TICK_SECONDS)
    tick = max(tick_seconds, busy_tick_seconds)
    first_at = started_at + pace.first_token_ms / 1000
    interval = 1 / pace.tokens_per_second
    sent = 0
    while sent < len(tokens):
        due_at = first_at + sent * interval
        await line.wait(max(due_at - loop.time(), tick if sent else 0.0))
        due = int((loop.time() - first_at) / interval) + 1
        group = tokens[sent : max(due, sent + 1)]
        sent += len(group)
        yield group
