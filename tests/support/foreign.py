import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

TOKEN = "4242:a-token-of-another-server"
CHAT_ID = 77


class ForeignBotApi:
    """Another Bot API server: knows the methods of years ago, answers others as it likes, counts from one."""

    def __init__(self) -> None:
        self.url = ""
        self.texts: dict[int, list[str]] = {}
        """By message id, each text that the message has had."""
        self._updates: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()

    async def say(self, text: str) -> None:
        """The one user of this server says something in private."""
        number = len(self._updates) + 1
        user = {"id": CHAT_ID, "is_bot": False, "first_name": "Eve", "language_code": "en"}
        chat = {"id": CHAT_ID, "type": "private", "first_name": "Eve"}
        message = {"message_id": number, "date": int(time.time()), "from": user, "chat": chat, "text": text}
        async with self._changed:
            self._updates.append({"update_id": number, "message": message})
            self._changed.notify_all()

    async def final_texts(self, count: int) -> list[str]:
        """The newest text of each message, once there are `count` that no longer grow."""
        async with asyncio.timeout(20), self._changed:
            while True:
                newest = [texts[-1] for texts in self.texts.values()]
                if len(newest) >= count and not any(text.endswith("…") for text in newest):
                    return newest
                await self._changed.wait()

    async def handle(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKEN:
            return _refuse(401, "Unauthorized")
        form: dict[str, Any] = {**request.query, **await request.post()}
        match request.match_info["method"].lower():
            case "getme":
                return _ok({"id": 4242, "is_bot": True, "first_name": "Foreign", "username": "foreign_bot"})
            case "getupdates":
                return _ok(await self._new_updates(int(form.get("offset") or 0), float(form["timeout"])))
            case "sendmessage":
                return await self._show(1000 + len(self.texts), form["text"])
            case "editmessagetext":
                return await self._show(int(form["message_id"]), form["text"])
            case "deletewebhook":
                return _ok(True)
            case _:
                return _refuse(404, "Not Found")

    async def _new_updates(self, offset: int, timeout_seconds: float) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            return [update for update in self._updates if update["update_id"] >= offset]

        try:
            async with asyncio.timeout(timeout_seconds), self._changed:
                await self._changed.wait_for(found)
        except TimeoutError:
            return []
        return found()

    async def _show(self, message_id: int, text: str) -> web.Response:
        async with self._changed:
            self.texts.setdefault(message_id, []).append(text)
            self._changed.notify_all()
        chat = {"id": CHAT_ID, "type": "private", "first_name": "Eve"}
        return _ok({"message_id": message_id, "date": int(time.time()), "chat": chat, "text": text})


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refuse(code: int, description: str) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description}
    return web.json_response(body, status=code)


@asynccontextmanager
async def foreign_bot_api() -> AsyncIterator[ForeignBotApi]:
    """Serve one on a free port for the block."""
    api = ForeignBotApi()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield api
    finally:
        await runner.cleanup()
