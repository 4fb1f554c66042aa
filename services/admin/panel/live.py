import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final

from starlette.responses import StreamingResponse

from services.admin.panel.access.sessions import Sessions
from services.admin.panel.page import Live
from services.admin.panel.visit import Visit
from services.chassis.errors import QuartetError
from services.chassis.signals import is_set_within

PING_SECONDS: Final = 15.0
SESSION_SECONDS: Final = 10.0
RETRY_MILLISECONDS: Final = 3000
MOST_STREAMS: Final = 200


class Streams:
    """What is shown live: parts of pages, sent over server-sent events when they have changed.

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    def __init__(self, sessions: Sessions, stop: asyncio.Event) -> None:
        self._sessions = sessions
        self._stop = stop
        self._count = 0

    def response(self, visit: Visit, live: Live) -> StreamingResponse:
        """Send the part until the visitor leaves, the session ends, or the process does."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if self._count >= MOST_STREAMS:
            # 204 tells a browser not to come again on its own.
            return StreamingResponse(_nothing(), 204, headers)
        events = self._events(visit, live)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def _events(self, visit: Visit, live: Live) -> AsyncIterator[str]:
        self._count += 1
        shown, pinged_at, checked_at = "", time.monotonic(), time.monotonic()
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n"
            while not self._stop.is_set():
                part = await _drawn(live.handler, visit)
                if part is not None and part != shown:
                    shown = part
                    yield f"event: part\ndata: {json.dumps(part)}\n\n"
                    pinged_at = time.monotonic()
                elif time.monotonic() - pinged_at > PING_SECONDS:
                    yield ": still here\n\n"
                    pinged_at = time.monotonic()
                if await is_set_within(self._stop, live.every_seconds):
                    return
                if time.monotonic() - checked_at > SESSION_SECONDS:
                    checked_at = time.monotonic()
                    if not await self._is_in(visit):
                        yield "event: over\ndata: {}\n\n"
                        return
        finally:
            self._count -= 1

    async def _is_in(self, visit: Visit) -> bool:
        with suppress(QuartetError):
            return await self._sessions.is_on(visit.session)
        return True


async def _drawn(handler: Callable[[Visit], Awaitable[str]], visit: Visit) -> str | None:
    with suppress(QuartetError):
        return await handler(visit)
    return None  # What is away for a moment stays on the page as it was.


async def _nothing() -> AsyncIterator[str]:
    return
    yield ""
