import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from aiohttp import web

from services.sandbox.vendor.faults import FaultKind
from services.sandbox.vendor.journal import Call, Drawn, Outcome, SentPicture

POLL_SECONDS: Final = 0.01
PATIENCE_SECONDS: Final = 5.0
PICTURE_SECONDS: Final = 0.1


class VendorStandIn:
    """What a test tells a vendor's stand-in, and asks of it, through its control API."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def pace(
        self,
        *,
        first_token_ms: float = 0.0,
        tokens_per_second: float = 1000.0,
        tokens: int | None = None,
        picture_seconds: float = PICTURE_SECONDS,
        picture_bytes: int | None = None,
    ) -> None:
        texts = {"first_token_ms": first_token_ms, "tokens_per_second": tokens_per_second, "tokens": tokens}
        drawn = {"picture_seconds": picture_seconds, "picture_bytes": picture_bytes}
        await self._ask("PUT", "/control/pace", {**texts, **drawn})

    async def fail(
        self,
        kind: FaultKind,
        *,
        after_tokens: int | None = None,
        after_previews: int | None = None,
        retry_after: float | None = None,
        times: int = 1,
        code: str | None = None,
        model: str | None = None,
    ) -> None:
        """Order a fault for the next call, or the next `times`; of that model only, if one is named."""
        when = {"after_tokens": after_tokens, "after_previews": after_previews, "retry_after": retry_after}
        what = {"kind": kind, "code": code, "model": model}
        await self._ask("POST", "/control/faults", {**what, **when, "times": times})

    async def work_again(self) -> None:
        await self._ask("DELETE", "/control/faults")

    async def calls(self) -> list[Call]:
        found = await self._ask("GET", "/control/calls")
        return [_call(entry) for entry in found]

    async def sent_picture(self, call: Call, index: int = 0) -> bytes:
        """Return a picture that came with a call, as it came."""
        async with self._session.get(f"{self.url}/control/calls/{call.n}/pictures/{index}") as response:
            response.raise_for_status()
            return await response.read()

    async def forget_calls(self) -> None:
        await self._ask("DELETE", "/control/calls")

    async def active_streams(self) -> int:
        state = await self._ask("GET", "/control/state")
        return int(state["active_streams"])

    async def until_active(self, count: int = 1) -> None:
        """Wait until so many answers are under way."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            # The stand-in may run in another process, so there is no event to wait for.
            while await self.active_streams() < count:  # noqa: ASYNC110
                await asyncio.sleep(POLL_SECONDS)

    async def until_ended(self, count: int = 1) -> list[Call]:
        """Wait until the journal has so many calls that have ended, and return them."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                ended = [call for call in await self.calls() if call.ended_at is not None]
                if len(ended) >= count:
                    return ended
                await asyncio.sleep(POLL_SECONDS)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        async with self._session.request(method, self.url + path, json=body) as response:
            response.raise_for_status()
            return await response.json() if response.content_type == "application/json" else None


def _call(entry: dict[str, Any]) -> Call:
    drawn = entry["drawn"]
    if drawn is not None:
        drawn = Drawn(**{**drawn, "sent": [SentPicture(**sent) for sent in drawn["sent"]]})
    return Call(**{**entry, "outcome": Outcome(entry["outcome"]), "drawn": drawn})


@asynccontextmanager
async def serving(app: web.Application, port: int) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Serve a stand-in on this loop, and yield a session and the address to reach it at."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        host, bound_port = runner.addresses[0][:2]
        async with aiohttp.ClientSession() as session:
            yield session, f"http://{host}:{bound_port}"
    finally:
        await runner.cleanup()
