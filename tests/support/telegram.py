import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from services.sandbox.telegram.app import build
from services.sandbox.telegram.settings import TelegramSandboxSettings

Json = dict[str, Any]
Predicate = Callable[[Json], bool]

_MAX_KEPT_EVENTS = 100_000


class ControlRefused(Exception):
    """The control API said no; the text is its reason."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


class SandboxTelegram:
    """The users' side of the Telegram stand-in, for tests.

    Opened with `async with`, it follows the event stream, so `wait_for` neither polls nor misses
    anything that happened since the opening. Users and chats are passed by their ids.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._follower: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._events: list[Json] = []

    async def __aenter__(self) -> "SandboxTelegram":
        self._session = aiohttp.ClientSession()
        response = await self._session.get(
            f"{self._base_url}/control/events", timeout=aiohttp.ClientTimeout(total=None)
        )
        response.raise_for_status()
        self._follower = asyncio.create_task(self._follow(response))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    # People and chats

    async def add_user(self, first_name: str = "Ann", language_code: str = "en", **fields: Any) -> int:
        """A new user; returns the id. `id=` asks for a certain one."""
        body = {"first_name": first_name, "language_code": language_code, **fields}
        return int((await self.post("users", body))["id"])

    async def have_user(self, user_id: int, first_name: str, language_code: str) -> int:
        """The user of that id, new where there is none yet; returns the id."""
        if user_id not in {user["id"] for user in await self.users()}:
            await self.add_user(first_name, language_code, id=user_id)
        return user_id

    async def users(self) -> list[Json]:
        return list(await self.request("GET", "users"))

    async def add_chat(
        self, member_ids: Sequence[int], *, type: str = "supergroup", title: str = "Group", **fields: Any
    ) -> int:
        """A new group with the bot in it; the first member creates it. Returns the id."""
        body = {"type": type, "title": title, "member_ids": list(member_ids), **fields}
        return int((await self.post("chats", body))["id"])

    async def add_dialogue(self, user_id: int, other_id: int) -> int:
        """The private chat of two people, which the bot never sees; returns the id."""
        return int((await self.post("chats", {"type": "private", "member_ids": [user_id, other_id]}))["id"])

    async def chats(self) -> list[Json]:
        return list(await self.request("GET", "chats"))

    async def change_member(self, chat_id: int, user_id: int, action: str, **fields: Any) -> Json:
        """`action`: add, remove, promote (`is_anonymous=`), demote or leave; the bot goes by its own id."""
        return await self.post(f"chats/{chat_id}/members", {"user_id": user_id, "action": action, **fields})

    async def migrate(self, chat_id: int) -> int:
        """Upgrades a basic group; returns the id of the supergroup."""
        return int((await self.post(f"chats/{chat_id}/migrate", {}))["id"])

    async def open_topic(self, chat_id: int, user_id: int, name: str) -> int:
        topic = await self.post(f"chats/{chat_id}/topics", {"user_id": user_id, "name": name})
        return int(topic["message_thread_id"])

    async def rename_topic(self, chat_id: int, thread_id: int, user_id: int, name: str) -> None:
        await self.post(f"chats/{chat_id}/topics/{thread_id}", {"user_id": user_id, "name": name})

    async def block(self, user_id: int, *, blocked: bool = True) -> None:
        await self.post("block", {"user_id": user_id, "blocked": blocked})

    # What users do

    async def send(self, user_id: int, text: str, *, chat_id: int | None = None, **fields: Any) -> Json:
        """A user sends a text (without `chat_id`: to the bot); returns {message, update_id}."""
        body = {"user_id": user_id, "chat_id": chat_id or user_id, "text": text, **fields}
        return await self.post("messages", body)

    async def send_in_new_thread(self, user_id: int, text: str) -> Json:
        """A user opens a thread with the bot by writing in it; it is named after how the text begins."""
        return await self.send(user_id, text, new_thread=True)

    async def ask_inline(self, user_id: int, query: str, *, chat_id: int | None = None, **fields: Any) -> str:
        """Types `@bot query` in a chat (`offset=` asks for more); returns the id of the inline query."""
        body = {"user_id": user_id, "chat_id": chat_id or user_id, "query": query, **fields}
        return str((await self.post("inline_queries", body))["inline_query_id"])

    async def inline_results(self, inline_query_id: str, *, timeout_seconds: float = 30.0) -> list[Json]:
        """The results the bot offers, waited for: {id, type, title, description}."""
        path = f"inline_queries/{inline_query_id}"
        if not (await self.request("GET", path))["answered"]:
            await self.wait_for(
                "inline_answer",
                where=lambda event: event["inline_query_id"] == inline_query_id,
                timeout_seconds=timeout_seconds,
            )
        return list((await self.request("GET", path))["results"])

    async def choose_inline(
        self, user_id: int, inline_query_id: str, result_id: str, *, chat_id: int | None = None
    ) -> Json:
        """Sends a result; returns {message, update_id, inline_message_id, chosen_update_id}."""
        body = {"user_id": user_id, "chat_id": chat_id or user_id, "inline_query_id": inline_query_id}
        return await self.post("chosen_inline_results", body | {"result_id": result_id})

    async def send_media(
        self,
        user_id: int,
        kind: str,
        data: bytes,
        *,
        file_name: str = "",
        chat_id: int | None = None,
        **fields: Any,
    ) -> Json:
        """A user sends a file as photo, voice, video_note, video, audio, document, sticker or animation.

        Takes `caption`, `caption_entities`, `reply_to_message_id`, `forward_from` too.
        """
        form = aiohttp.FormData(quote_fields=False)
        form.add_field(kind, io.BytesIO(data), filename=file_name or kind)
        for name, value in {"user_id": user_id, "chat_id": chat_id or user_id, **fields}.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        return dict(await self.request("POST", "messages", form=form))

    async def send_photo(self, user_id: int, data: bytes, **fields: Any) -> Json:
        return await self.send_media(user_id, "photo", data, **fields)

    async def send_voice(self, user_id: int, data: bytes, **fields: Any) -> Json:
        """A voice note; what is not Opus in Ogg becomes it, as in a client."""
        return await self.send_media(user_id, "voice", data, **fields)

    async def send_document(self, user_id: int, data: bytes, file_name: str, **fields: Any) -> Json:
        return await self.send_media(user_id, "document", data, file_name=file_name, **fields)

    async def send_album(
        self,
        user_id: int,
        items: Sequence[tuple[str, bytes]],
        *,
        caption: str = "",
        chat_id: int | None = None,
        **fields: Any,
    ) -> list[Json]:
        """A user sends several (kind, data) at once, the caption with the first; returns the messages."""
        files: list[Json] = [{kind: {"data": base64.b64encode(data).decode()}} for kind, data in items]
        files[0]["caption"] = caption
        body = {"user_id": user_id, "chat_id": chat_id or user_id, "items": files, **fields}
        return list((await self.post("albums", body))["messages"])

    async def forward(
        self, user_id: int, *message_ids: int, from_chat_id: int | None = None, chat_id: int | None = None
    ) -> list[Json]:
        """A user forwards messages they see (without chats: within the chat with the bot)."""
        source = {"chat_id": from_chat_id or user_id, "message_ids": list(message_ids)}
        body = {"user_id": user_id, "chat_id": chat_id or user_id, "forward_from": source}
        return list((await self.post("messages", body))["messages"])

    async def edit(self, user_id: int, message_id: int, text: str, *, chat_id: int | None = None) -> Json:
        body = {"user_id": user_id, "chat_id": chat_id or user_id, "message_id": message_id, "text": text}
        return await self.post("edits", body)

    async def press(self, user_id: int, message_id: int, data: str, *, chat_id: int | None = None) -> str:
        """Presses an inline button; returns the id of the callback query."""
        body = {"user_id": user_id, "chat_id": chat_id or user_id, "message_id": message_id, "data": data}
        return str((await self.post("callbacks", body))["callback_query_id"])

    async def callback(self, callback_query_id: str) -> Json:
        """What the bot answered to a press: {answered, text, show_alert, url}."""
        return dict(await self.request("GET", f"callbacks/{callback_query_id}"))

    async def stop(self, user_id: int, *, draft_id: int | None = None) -> Json:
        """Presses Stop on the draft shown in the chat with the bot."""
        body = {"user_id": user_id, "chat_id": user_id}
        return await self.post("stop", body | ({"draft_id": draft_id} if draft_id else {}))

    async def react(self, user_id: int, message_id: int, *emoji: str, chat_id: int | None = None) -> Json:
        body = {"user_id": user_id, "chat_id": chat_id or user_id, "message_id": message_id}
        return await self.post("reactions", body | {"emoji": list(emoji)})

    # What users see

    async def view(self, user_id: int, *, chat_id: int | None = None) -> Json:
        """What this user's client shows of the chat now (without `chat_id`: of the chat with the bot)."""
        path = f"chats/{chat_id or user_id}/view"
        return dict(await self.request("GET", path, params={"user_id": str(user_id)}))

    async def texts(self, user_id: int, *, chat_id: int | None = None) -> list[str]:
        """The texts of the bot's messages that the user sees, in order."""
        messages = (await self.view(user_id, chat_id=chat_id))["messages"]
        return [message.get("text", "") for message in messages if message["from"]["is_bot"]]

    async def download(self, file_id: str) -> bytes:
        """The bytes of a file that somebody has sent, as the user's client gets them."""
        async with self._opened().get(f"{self._base_url}/control/files/{file_id}") as response:
            if response.status >= 400:
                raise ControlRefused(response.status, await response.text())
            return await response.read()

    def events(self, type: str | None = None, chat_id: int | None = None) -> list[Json]:
        """The events since the opening, oldest first."""
        return [event for event in self._events if _matches(event, type, chat_id)]

    def mark(self) -> int:
        """The place in the event stream now, for `after=`."""
        return len(self._events)

    async def wait_for(
        self,
        type: str | None = None,
        *,
        chat_id: int | None = None,
        where: Predicate = lambda _: True,
        after: int = 0,
        timeout_seconds: float = 30.0,
    ) -> Json:
        """The first event since the opening (or `after` a mark) that fits; raises TimeoutError."""
        seen = after

        def found() -> Json | None:
            nonlocal seen
            for event in self._events[seen:]:
                seen += 1
                if _matches(event, type, chat_id) and where(event):
                    return event
            return None

        async with asyncio.timeout(timeout_seconds), self._changed:
            while (event := found()) is None:
                if self._follower is None or self._follower.done():
                    raise ConnectionError("the event stream has ended")
                await self._changed.wait()
            return event

    async def wait_for_reply(
        self,
        chat_id: int,
        *,
        contains: str = "",
        after: int = 0,
        timeout_seconds: float = 30.0,
    ) -> Json:
        """The first message of the bot in a chat (new, or by an edit) whose text contains this."""

        def is_reply(event: Json) -> bool:
            message = event.get("message")
            return bool(
                message and message["from"]["is_bot"] and contains in json.dumps(message, ensure_ascii=False)
            )

        event = await self.wait_for(
            chat_id=chat_id, where=is_reply, after=after, timeout_seconds=timeout_seconds
        )
        return dict(event["message"])

    # Instruments

    async def calls(
        self, *, method: str | None = None, chat_id: int | None = None, since: int = 0
    ) -> list[Json]:
        """The journal of Bot API calls, oldest first."""
        calls = await self.request("GET", "calls", params={"since": str(since)})
        return [
            call for call in calls if method in (None, call["method"]) and chat_id in (None, call["chat_id"])
        ]

    async def forget_calls(self) -> None:
        await self.request("DELETE", "calls")

    async def faults(self, *faults: Json) -> None:
        """Adds faults such as {"method": "sendMessage", "kind": "cut_after", "times": 1}."""
        for fault in faults:
            await self.post("faults", fault)

    async def clear_faults(self) -> None:
        await self.request("DELETE", "faults")

    async def limits(self, **changes: Any) -> Json:
        """The rate limits; with arguments (enabled=, families=) they are changed first."""
        if changes:
            return dict(await self.request("PUT", "limits", body=changes))
        return dict(await self.request("GET", "limits"))

    async def state(self) -> Json:
        return dict(await self.request("GET", "state"))

    async def reset(self) -> None:
        await self.post("reset", {})

    # The wire

    async def post(self, path: str, body: Json) -> Json:
        return dict(await self.request("POST", path, body=body))

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        form: aiohttp.FormData | None = None,
        params: dict[str, str] | None = None,
    ) -> Any:
        """Any control request; raises ControlRefused."""
        url = f"{self._base_url}/control/{path}"
        async with self._opened().request(method, url, json=body, data=form, params=params) as response:
            answer = await response.json()
            if response.status >= 400:
                raise ControlRefused(response.status, str(answer.get("error", answer)))
            return answer

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("SandboxTelegram must be opened with `async with`")
        return self._session

    async def _follow(self, response: aiohttp.ClientResponse) -> None:
        try:
            async for line in response.content:
                if line.startswith(b"data: "):
                    async with self._changed:
                        self._events.append(json.loads(line[6:]))
                        self._changed.notify_all()
                    if len(self._events) > _MAX_KEPT_EVENTS:
                        raise RuntimeError("too many events for one test")
        finally:
            response.close()
            async with self._changed:
                self._changed.notify_all()


def _matches(event: Json, type: str | None, chat_id: int | None) -> bool:
    return type in (None, event["type"]) and chat_id in (None, event["chat_id"])


@asynccontextmanager
async def sandbox_server(**settings: Any) -> AsyncIterator[str]:
    """The stand-in served from this process on a free port; yields its base URL."""
    runner = web.AppRunner(build(TelegramSandboxSettings(**settings)), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
