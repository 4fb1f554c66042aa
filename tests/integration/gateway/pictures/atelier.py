import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup
from pydantic import SecretStr
from quartet.image.v1 import picture_pb2

from services.chassis.settings import Environment
from services.gateway.__main__ import main
from services.gateway.pictures import Version
from services.gateway.pictures.buttons import Verb, press_under
from services.gateway.pictures.keyboard import Standing, picture_keyboard
from services.gateway.rendering import quoted, to_aiogram
from services.gateway.settings import GatewaySettings
from services.gateway.wording import Language, Wording
from tests.support.ports import free_port
from tests.support.studio import FINISHED, Kept, Studio, a_jpeg, open_studio
from tests.support.telegram import SandboxTelegram, sandbox_server

PROMPT: Final = "рыжий кот"
Json = dict[str, Any]


class Atelier:
    """A gateway between a Telegram stand-in and a studio, and a person who has a picture of theirs."""

    def __init__(self, nats_url: str, telegram: SandboxTelegram, telegram_url: str, token: str) -> None:
        self.telegram = telegram
        self.studio: Studio
        self.image_target = ""
        self.bot_id = int(token.partition(":")[0])
        self.user_id = 0
        self.chat_id = 0
        self._settings: Json = {
            "environment": Environment.TEST,
            "nats_url": nats_url,
            "telegram_bot_token": SecretStr(token),
            "telegram_api_url": telegram_url,
            "grace_seconds": 0.5,
            "image_patience_seconds": 5.0,
        }
        self._stop = asyncio.Event()
        self._gateway: asyncio.Task[None] | None = None

    def open_gateway(self) -> None:
        ports: Json = {"grpc_port": free_port(), "metrics_port": free_port()}
        settings = GatewaySettings(**self._settings, image_target=self.image_target, **ports)
        self._stop = asyncio.Event()
        self._gateway = asyncio.create_task(main(settings, self._stop))

    async def close_gateway(self) -> None:
        """Ends the gateway as a shutdown does: what takes longer than its grace is left to a successor."""
        self._stop.set()
        if self._gateway is not None:
            await self._gateway

    async def hang_up_a_picture(self, number: int = 1, count: int = 1) -> tuple[Version, int]:
        """Puts a picture into the chat that the studio has drawn before; returns its message, too."""
        prompt, chat_id = PROMPT, self.chat_id
        version = Version(f"{self.bot_id}.{chat_id}.{secrets.randbelow(10**6)}.1700000000", number)
        described = picture_pb2.Picture(picture_id=version.series_id, prompt=prompt, mime_type="image/png")
        described.version.CopyFrom(picture_pb2.Version(series_id=version.series_id, number=number))
        described.usage.model = "studio-1"
        self.studio.kept[version.series_id] = Kept(described, a_jpeg(FINISHED), b"\x89PNG original")
        token = self._settings["telegram_bot_token"].get_secret_value()
        server = TelegramAPIServer.from_base(self._settings["telegram_api_url"])
        async with Bot(token, session=AiohttpSession(api=server)) as bot:
            sent = await bot.send_photo(
                chat_id,
                BufferedInputFile(a_jpeg(FINISHED), "cat.jpg"),
                caption=prompt,
                caption_entities=to_aiogram(quoted(prompt).entities),
                reply_markup=InlineKeyboardMarkup.model_validate(
                    picture_keyboard(Standing(version, count, prompt), Language.RU, Wording.load())
                ),
            )
        return version, sent.message_id

    async def press(self, message_id: int, verb: Verb, version: Version, value: str = "") -> str:
        return await self.press_data(message_id, press_under(verb, version, value).data)

    async def press_data(self, message_id: int, data: str) -> str:
        return await self.telegram.press(self.user_id, message_id, data, chat_id=self.chat_id)

    async def toast(self, callback_query_id: str) -> str:
        """What the bot answers to a press, once it has answered."""
        answered = await self.telegram.wait_for(
            "callback_answer", where=lambda event: bool(event["callback_query_id"] == callback_query_id)
        )
        return str(answered.get("text") or "")

    async def wait_for(self, *, after: int, **wanted: Any) -> Json:
        """The first message of the bot, new or by an edit, that has all of `wanted` among its fields."""

        def fits(event: Json) -> bool:
            message = event.get("message") or {"from": {"is_bot": False}}
            return message["from"]["is_bot"] and all(
                name in message and (not isinstance(value, str) or value in message[name])
                for name, value in wanted.items()
            )

        event = await self.telegram.wait_for(chat_id=self.chat_id, where=fits, after=after)
        return dict(event["message"])


@asynccontextmanager
async def open_atelier(nats_url: str) -> AsyncIterator[Atelier]:
    token = f"{secrets.randbelow(10**9) + 10**9}:a-token-for-tests-{secrets.token_hex(12)}"
    limits = {"sandbox_limits_enabled": False}
    async with (
        sandbox_server(sandbox_bot_token=token, **limits) as telegram_url,
        SandboxTelegram(telegram_url) as telegram,
        open_studio() as (studio, target),
    ):
        atelier = Atelier(nats_url, telegram, telegram_url, token)
        atelier.studio, atelier.image_target = studio, target
        atelier.open_gateway()
        try:
            yield atelier
        finally:
            studio.finish.set()
            await atelier.close_gateway()
