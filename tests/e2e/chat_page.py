import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from playwright.async_api import Browser, Locator, Page

TOKEN: Final = "1000000001:sandbox-token-for-local-use-only-000"
DESKTOP: Final = (1280, 800)
PHONE: Final = (360, 740)
UPDATE_SECONDS: Final = 5


class Telegram:
    """The sandbox from outside: the bot's calls, and the people it is played with."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.base = base
        self._session = session
        self._offset = 0

    async def call(self, method: str, **params: Any) -> Any:
        async with self._session.post(f"{self.base}/bot{TOKEN}/{method}", json=params) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def upload(self, method: str, **fields: str | int | bytes) -> Any:
        """A call of the bot with files: the fields that are bytes."""
        form = aiohttp.FormData()
        for name, value in fields.items():
            if isinstance(value, bytes):
                form.add_field(name, io.BytesIO(value), filename=name)
            else:
                form.add_field(name, str(value))
        async with self._session.post(f"{self.base}/bot{TOKEN}/{method}", data=form) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def say(self, chat_id: int, text: str, **params: Any) -> int:
        message = await self.call("sendMessage", chat_id=chat_id, text=text, **params)
        return int(message["message_id"])

    async def next_update(self, kind: str) -> Any:
        """The next update of this kind; those before it are passed over."""
        while True:
            updates = await self.call("getUpdates", offset=self._offset, limit=1, timeout=UPDATE_SECONDS)
            assert updates, f"no {kind} within {UPDATE_SECONDS} s"
            self._offset = updates[0]["update_id"] + 1
            if kind in updates[0]:
                return updates[0][kind]

    async def control(self, path: str, **body: Any) -> Any:
        async with self._session.post(f"{self.base}/control/{path}", json=body) as response:
            assert response.ok, await response.text()
            return await response.json()

    async def add_user(self, first_name: str) -> int:
        user = await self.control("users", first_name=first_name, language_code="ru")
        return int(user["id"])

    async def add_started_user(self, first_name: str) -> int:
        """A user who has pressed START before."""
        user_id = await self.add_user(first_name)
        await self.control("messages", user_id=user_id, text="/start")
        return user_id


@asynccontextmanager
async def sandbox_process(port: int) -> AsyncIterator[str]:
    environment = os.environ | {"SANDBOX_PORT": str(port), "SANDBOX_LIMITS_ENABLED": "false"}
    command = (sys.executable, "-m", "services.sandbox", "telegram")
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def visit(browser: Browser, url: str, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Page]:
    """The page in a fresh browser profile; whatever the browser complains about fails the test."""
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    try:
        await page.goto(url)
        yield page
    finally:
        await context.close()
    assert complaints == []


def from_bot(page: Page | Locator) -> Locator:
    return page.locator("[data-testid=message][data-mine=false]")


async def write(pane: Page | Locator, text: str) -> None:
    await pane.get_by_test_id("composer").fill(text)
    await pane.get_by_test_id("composer").press("Enter")
