import asyncio
import json
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from tests.load.exchange import Exchange, expected_answer

Json = dict[str, Any]

# What is not one of these is not parsed: the audience must not take the processor from those it watches.
SEEN: Final = tuple(f'data: {{"type":"{kind}"'.encode() for kind in ("draft", "message", "edit", "delete"))
MAX_CONNECTIONS: Final = 200
MENTION: Final = "@quartet_sandbox_bot"
NO_LIMIT: Final = aiohttp.ClientTimeout(total=None)


class Audience:
    """Users of the Telegram stand-in who ask, watch one event stream together, and note when they see what.

    Opened with `async with`. Each user has one question at a time.
    """

    def __init__(self, telegram_url: str, *, token_count: int, patience_seconds: float) -> None:
        self._control_url = f"{telegram_url}/control"
        self._token_count = token_count
        self._patience_seconds = patience_seconds
        self._exchanges: dict[int, list[Exchange]] = {}

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=MAX_CONNECTIONS)
        self._session = aiohttp.ClientSession(connector=connector)
        stream = await self._session.get(f"{self._control_url}/events", timeout=NO_LIMIT)
        stream.raise_for_status()
        self._watching = asyncio.create_task(self._watch(stream))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)
        await self._session.close()

    async def add_users(self, count: int) -> list[int]:
        """People who write Russian; returns their ids, which are those of their chats with the bot too."""
        people = [{"first_name": f"Anna {number}", "language_code": "ru"} for number in range(count)]
        return [int((await self._ask("POST", "users", person))["id"]) for person in people]

    async def add_group(self, member_ids: Sequence[int]) -> int:
        """A group of these people and the bot; returns the id of its chat."""
        body = {"type": "supergroup", "title": "Команда", "member_ids": list(member_ids)}
        return int((await self._ask("POST", "chats", body))["id"])

    def prepare(self, user_id: int, question: str, *, chat_id: int | None = None) -> Exchange:
        """Composes a question and the answer to expect, which takes longer than sending it."""
        expected = expected_answer(question, self._token_count)
        return Exchange(user_id, chat_id or user_id, question, expected)

    async def ask(self, user_id: int, question: str) -> Exchange:
        """Sends a question; returns when its answer is whole, or when it is clear that it never will be."""
        exchange = self.prepare(user_id, question)
        await self.send(exchange)
        await self.until_over(exchange)
        return exchange

    async def send(self, exchange: Exchange) -> None:
        self._exchanges.setdefault(exchange.chat_id, []).append(exchange)
        exchange.sent_at = time.monotonic()
        is_group = exchange.chat_id != exchange.user_id
        text = f"{MENTION} {exchange.question}" if is_group else exchange.question
        body = {"user_id": exchange.user_id, "chat_id": exchange.chat_id, "text": text}
        await self._ask("POST", "messages", body)

    async def until_over(self, exchange: Exchange) -> None:
        """Gives up after a while; an exchange that is not whole then says so itself."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                await exchange.over.wait()
        except TimeoutError:
            if self._watching.done():
                raise ConnectionError("the event stream has ended") from None

    async def journal(self) -> list[Json]:
        """The bot's calls to the Bot API so far that concern a chat of these users."""
        calls = await self._ask("GET", "calls")
        return [call for call in calls if call["chat_id"] in self._exchanges]

    async def forget_journal(self) -> None:
        await self._ask("DELETE", "calls")

    async def _ask(self, method: str, path: str, body: Json | None = None) -> Any:
        async with self._session.request(method, f"{self._control_url}/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()

    async def _watch(self, stream: aiohttp.ClientResponse) -> None:
        async for line in stream.content:
            at = time.monotonic()
            if line.startswith(SEEN):
                self._see(at, json.loads(line[6:]))

    def _see(self, at: float, event: Json) -> None:
        exchanges = self._exchanges.get(event["chat_id"])
        if not exchanges:
            return
        if event["type"] == "draft":
            exchanges[-1].see_text(at, event["draft"].get("text", ""))
        elif event["type"] == "delete":
            for exchange in exchanges:
                exchange.lose_messages(event["message_ids"])
        elif event["message"]["from"]["is_bot"]:
            message = event["message"]
            meant = _meant(exchanges, message)
            meant[-1].see_text(at, message.get("text", ""))
            # Not only the latest: an answer that comes twice may do so after the next question.
            for exchange in meant:
                exchange.see_message(at, message["message_id"], message.get("text", ""))


def _meant(exchanges: Sequence[Exchange], message: Json) -> Sequence[Exchange]:
    """Those whom a message may answer: in a group the one that it replies to."""
    asked = message.get("reply_to_message", {}).get("text", "")
    return [exchange for exchange in exchanges if asked.endswith(exchange.question)] or exchanges
