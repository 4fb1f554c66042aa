import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiohttp import web

from tests.support.telegram import SandboxTelegram

FAST = {"sandbox_webhook_delay_seconds": 0.001}


class Receiver:
    """A real HTTP server in the bot's place; `respond` decides what it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.breaks = 0
        self.requests: asyncio.Queue[web.Request] = asyncio.Queue()
        self.bodies: list[dict[str, Any]] = []
        self.respond: Callable[[dict[str, Any]], web.Response] = lambda _: web.Response()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.bodies.append(body)
        self.requests.put_nowait(request)
        if self.breaks and request.transport:
            self.breaks -= 1
            request.transport.abort()
        return self.respond(body)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_updates_come_with_the_secret(
    bot: Bot, telegram: SandboxTelegram, receiver: Receiver, user: int
) -> None:
    await bot.set_webhook(receiver.url, secret_token="s3cret", drop_pending_updates=True)
    sent = await telegram.send(user, "hello")
    request = await receiver.requests.get()
    assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
    assert receiver.bodies[0]["update_id"] == sent["update_id"]
    assert receiver.bodies[0]["message"]["text"] == "hello"


@pytest.mark.parametrize("base_url", [FAST], indirect=True)
async def test_an_update_is_sent_again_until_it_is_accepted_and_holds_up_only_its_chat(
    bot: Bot, telegram: SandboxTelegram, receiver: Receiver, user: int
) -> None:
    other = await telegram.add_user("Bob")
    refusals: dict[int, int] = defaultdict(int)

    def respond(body: dict[str, Any]) -> web.Response:
        if body["message"]["text"] == "stuck" and refusals[body["update_id"]] < 4:
            refusals[body["update_id"]] += 1
            return web.Response(status=500)
        return web.Response()

    receiver.respond = respond
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await telegram.send(user, "stuck")
    await telegram.send(user, "behind")
    await telegram.send(other, "beside")
    for _ in range(7):
        await receiver.requests.get()
    texts = [body["message"]["text"] for body in receiver.bodies]
    assert texts.count("stuck") == 5
    assert [text for text in texts if text != "beside"] == ["stuck"] * 5 + ["behind"]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
    assert info.last_error_date


async def test_retry_after_is_honoured(
    bot: Bot, telegram: SandboxTelegram, receiver: Receiver, user: int
) -> None:
    receiver.respond = lambda _: web.Response(status=503, headers={"Retry-After": "3600"})
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await telegram.send(user, "later")
    await receiver.requests.get()
    await bot.get_me()
    assert receiver.requests.empty()
    assert (await bot.get_webhook_info()).pending_update_count == 1


@pytest.mark.parametrize("base_url", [FAST], indirect=True)
async def test_a_broken_connection_is_reported_and_the_update_comes_again(
    bot: Bot, telegram: SandboxTelegram, receiver: Receiver, user: int
) -> None:
    receiver.breaks = 2
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await telegram.send(user, "kept")
    for _ in range(3):
        await receiver.requests.get()
    assert [body["message"]["text"] for body in receiver.bodies] == ["kept"] * 3
    assert (await bot.get_webhook_info()).last_error_message == "Webhook connection closed"


async def test_a_method_in_the_answer_is_carried_out(
    bot: Bot, telegram: SandboxTelegram, receiver: Receiver, user: int
) -> None:
    receiver.respond = lambda body: web.json_response(
        {"method": "sendMessage", "chat_id": body["message"]["chat"]["id"], "text": "by the answer"}
    )
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await telegram.send(user, "hello")
    assert (await telegram.wait_for_reply(user))["text"] == "by the answer"


@pytest.mark.parametrize(
    ("url", "secret", "error"),
    [
        ("http://example.com/hook", None, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            "https://example.com:4433/hook",
            None,
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ("ftp://example.com", None, "invalid webhook URL specified"),
        ("https://example.com", "with space", "secret token contains unallowed characters"),
        ("https://example.com", "x" * 257, "secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(bot: Bot, url: str, secret: str | None, error: str) -> None:
    with pytest.raises(TelegramBadRequest) as raised:
        await bot.set_webhook(url, secret_token=secret)
    assert raised.value.message == f"Bad Request: {error}"


async def test_the_webhook_tells_about_itself(bot: Bot, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url, max_connections=7, allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.allowed_updates) == (receiver.url, 7, ["message"])
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
