import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import aiohttp

from services.gateway.bookkeeping.directory import Directory

FIRST_ID: Final = 7_000_000_000
SIDE_BY_SIDE: Final = 16


class Crowd:
    """People who have used the bot before and say nothing now; the gateway's directory knows them."""

    def __init__(self, session: aiohttp.ClientSession, telegram_url: str, size: int) -> None:
        self._session = session
        self._control_url = f"{telegram_url}/control"
        self.ids = range(FIRST_ID, FIRST_ID + size)

    async def gather(self, directory: Directory) -> None:
        """Make them known."""

        async def add(user_id: int) -> None:
            person = {"id": user_id, "first_name": "Ada", "language_code": "ru", "started": True}
            await self._ask("POST", "users", person)
            await directory.note(2 * user_id, user_id, 2 * user_id + 1, user_id, "ru")

        await _for_each(self.ids, add)

    async def block(self, user_ids: Iterable[int]) -> None:
        for user_id in user_ids:
            await self._ask("POST", "block", {"user_id": user_id})

    async def copies(self, text: str) -> dict[int, int]:
        """Say how often this text of the bot stands in the chat of each."""
        counts: dict[int, int] = {}

        async def look(user_id: int) -> None:
            view = await self._ask("GET", f"chats/{user_id}/view")
            counts[user_id] = sum(message.get("text") == text for message in view["messages"])

        await _for_each(self.ids, look)
        return counts

    async def calls(self, status: int) -> int:
        """Count the bot's calls to the Bot API that were answered so."""
        return sum(call["status"] == status for call in await self._ask("GET", "calls"))

    async def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> Any:
        async with self._session.request(method, f"{self._control_url}/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()


async def _for_each(user_ids: Iterable[int], work: Callable[[int], Awaitable[None]]) -> None:
    turns = iter(user_ids)

    async def keep_working() -> None:
        for user_id in turns:
            await work(user_id)

    await asyncio.gather(*(keep_working() for _ in range(SIDE_BY_SIDE)))
