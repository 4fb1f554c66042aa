import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardMarkup
from pydantic import SecretStr
from quartet.common.v1.caller_pb2 import Caller
from quartet.docs.v1 import document_service_pb2 as pb

from services.chassis.settings import Environment
from services.gateway.__main__ import main
from services.gateway.buttons import Keyboard, keyboard
from services.gateway.documents import Citation, PageUnit, Source, Sources
from services.gateway.documents.keyboard import rows_under
from services.gateway.settings import GatewaySettings
from services.gateway.wording import Language, Wording
from tests.support.failing_text import failing_text
from tests.support.ports import free_port
from tests.support.reading_room import SUGGESTED, ReadingRoom, open_reading_room
from tests.support.telegram import SandboxTelegram, sandbox_server

Json = dict[str, Any]
SUMMARY = "Краткое содержание"


class Desk:
    """A gateway between a Telegram stand-in and a reading room, and a person who has something to read.

    What is about no document goes to a text service that fails with the reason it is asked for by name.
    """

    def __init__(self, telegram: SandboxTelegram, room: ReadingRoom, settings: Json) -> None:
        self.telegram = telegram
        self.room = room
        self.user_id = 0
        self.chat_id = 0
        """The person's own with the bot, or a group."""
        self._settings = settings
        self._stop = asyncio.Event()
        self._gateway: asyncio.Task[None] | None = None

    def open_gateway(self) -> None:
        ports: Json = {"grpc_port": free_port(), "metrics_port": free_port()}
        self._stop = asyncio.Event()
        self._gateway = asyncio.create_task(main(GatewaySettings(**self._settings, **ports), self._stop))

    async def close_gateway(self) -> None:
        """Ends the gateway as a shutdown does: what takes longer than its grace is left to a successor."""
        self._stop.set()
        if self._gateway is not None:
            await self._gateway

    async def gather(self) -> None:
        """Goes on in a group, which the person has made."""
        self.chat_id = await self.telegram.add_chat([self.user_id])

    async def mentioning(self, text: str = "", *, field: str = "") -> Json:
        """A text, or another field of this name, that speaks to the bot in a group."""
        username = (await self.telegram.state())["bot"]["username"]
        mention = {"type": "mention", "offset": 0, "length": len(username) + 1}
        entities = f"{field}_entities" if field else "entities"
        return {field or "text": f"@{username} {text}".strip(), entities: [mention]}

    async def bring(
        self, content: bytes = b"a file", name: str = "Договор.pdf", caption: str = "", **fields: Any
    ) -> int:
        """Sends a document, in a group with a mention; returns the message's id."""
        is_private = self.chat_id == self.user_id
        said = {"caption": caption} if is_private else await self.mentioning(caption, field="caption")
        sent = await self.telegram.send_document(
            self.user_id, content, name, chat_id=self.chat_id, **said, **fields
        )
        return int(sent["message"]["message_id"])

    async def read(self) -> tuple[Json, Json]:
        """Sends a document and waits for what it is and for its summary."""
        mark = self.telegram.mark()
        await self.bring()
        summary = await self.reply(SUMMARY, after=mark, final=True)
        return await self.reply("12 страниц", after=mark), summary

    def keep(self, name: str) -> str:
        """Has the reading room keep a document that was brought some day; returns its id."""
        bot_id = self._settings["telegram_bot_token"].get_secret_value().partition(":")[0]
        document_id = f"{bot_id}.{self.chat_id}.{secrets.randbelow(10**6)}.1700000000"
        caller = Caller(user_id=self.user_id, chat_id=self.chat_id)
        self.room.keep(pb.DocumentHeader(caller=caller, document_id=document_id, filename=name), 1)
        return document_id

    async def hang_up_answer(self, *document_ids: str) -> Json:
        """Puts an answer from documents into the chat whose record is no longer kept."""
        cited = tuple(Citation(document_id, 7) for document_id in document_ids)
        documents = tuple(Source(document_id, PageUnit.PAGE) for document_id in document_ids)
        sources = Sources(documents, citations=cited, suggested_questions=SUGGESTED)
        above, below = rows_under(sources, "7.1700000000", Language.RU, Wording.load(), is_private=True)
        return await self.hang_up(keyboard(*above, *below))

    async def hang_up(self, buttons: Keyboard) -> Json:
        """Puts a message of the bot with these buttons into the chat."""
        token = self._settings["telegram_bot_token"].get_secret_value()
        server = TelegramAPIServer.from_base(self._settings["telegram_api_url"])
        async with Bot(token, session=AiohttpSession(api=server)) as bot:
            markup = InlineKeyboardMarkup.model_validate(buttons)
            sent = await bot.send_message(self.chat_id, "Старое сообщение", reply_markup=markup)
        return {"message_id": sent.message_id, "reply_markup": buttons}

    async def ask(self, question: str, **fields: Any) -> Json:
        """Asks something and waits for the answer from documents."""
        mark = self.telegram.mark()
        await self.say(question, **fields)
        return await self.reply(f"«{question}»", after=mark, final=True)

    async def say(self, text: str, **fields: Any) -> Json:
        return await self.telegram.send(self.user_id, text, chat_id=self.chat_id, **fields)

    async def reply(self, contains: str, *, after: int, final: bool = False) -> Json:
        """The first message of the bot that contains this; the whole answer where `final`."""

        def fits(event: Json) -> bool:
            message = event.get("message") or {"from": {"is_bot": False}}
            text = message.get("text", "") + message.get("caption", "")
            is_whole = not final or ("сто рублей" in text and not text.endswith("…"))
            return message["from"]["is_bot"] and contains in text and is_whole

        event = await self.telegram.wait_for(chat_id=self.chat_id, where=fits, after=after)
        return dict(event["message"])

    async def press(self, message: Json, text: str) -> str:
        """Presses the button that says this, and returns what the bot answers to the press."""
        data = next(data for said, data in buttons_in(message) if text in said)
        query_id = await self.telegram.press(self.user_id, message["message_id"], data, chat_id=self.chat_id)
        answered = await self.telegram.wait_for(
            "callback_answer", where=lambda event: bool(event["callback_query_id"] == query_id)
        )
        return str(answered.get("text") or "")


def buttons_in(message: Json) -> list[tuple[str, str]]:
    """What the buttons under a message say, with their data."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", ())
    return [(button["text"], button.get("callback_data", "")) for row in rows for button in row]


@asynccontextmanager
async def open_desk(nats_url: str) -> AsyncIterator[Desk]:
    token = f"{secrets.randbelow(10**9) + 10**9}:a-token-for-tests-{secrets.token_hex(12)}"
    async with (
        sandbox_server(sandbox_bot_token=token, sandbox_limits_enabled=False) as telegram_url,
        SandboxTelegram(telegram_url) as telegram,
        open_reading_room() as (room, docs_target),
        failing_text() as text_target,
    ):
        settings = {
            "environment": Environment.TEST,
            "nats_url": nats_url,
            "telegram_bot_token": SecretStr(token),
            "telegram_api_url": telegram_url,
            "telegram_max_file_bytes": 1_000_000,
            "docs_target": docs_target,
            "text_target": text_target,
            "grace_seconds": 0.5,
        }
        desk = Desk(telegram, room, settings)
        desk.open_gateway()
        try:
            yield desk
        finally:
            room.read_on.set()
            await desk.close_gateway()
