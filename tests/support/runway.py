from typing import Any, Final

import aiohttp

from services.sandbox.vendor.faults import FaultKind

Json = dict[str, Any]
USUAL_SECONDS: Final = 0.5


class RunwayStandIn:
    """What a test tells Runway's stand-in, and asks of it, through its control API."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def pace(self, *, film_seconds: float = USUAL_SECONDS, concurrency: int = 20) -> None:
        await self._ask("PUT", "/control/pace", {"film_seconds": film_seconds, "concurrency": concurrency})

    async def fail(self, kind: FaultKind, *, times: int = 1, **how: Any) -> None:
        """Order a fault for the next orders, or for questions about tasks with `model="tasks"`."""
        await self._ask("POST", "/control/faults", {"kind": kind, "times": times, **how})

    async def work_again(self) -> None:
        await self._ask("DELETE", "/control/faults")

    async def tasks(self, prompt: str = "") -> list[Json]:
        """All tasks that it has been given, or those of a prompt."""
        async with self._session.get(f"{self.url}/control/tasks") as response:
            response.raise_for_status()
            return [task for task in await response.json() if prompt in task["prompt"]]

    async def _ask(self, method: str, path: str, body: Json | None = None) -> None:
        async with self._session.request(method, f"{self.url}{path}", json=body) as response:
            response.raise_for_status()
