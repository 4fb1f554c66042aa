import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.methods import SetWebhook
from aiohttp import web

from services.chassis.errors import ServiceUnavailable, StartupError
from services.gateway.intake.inbox import Inbox
from services.gateway.settings import GatewaySettings
from services.gateway.telegram import until_answered
from services.gateway.updates import HANDLED_KINDS

log = structlog.get_logger()

MAX_BODY_BYTES = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


def application(inbox: Inbox, *, path: str, secret: str) -> web.Application:
    """The webhook: 200 only when the update is stored; anything else makes Telegram send it again.

    https://core.telegram.org/bots/api#setwebhook
    """

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            log.warning("webhook_refused", remote=request.remote)
            return web.Response(status=401)
        try:
            update = json.loads(await request.read())
            is_update = isinstance(update, dict) and isinstance(update.get("update_id"), int)
        except ValueError:
            is_update = False
        if not is_update:
            return web.Response(status=400)
        try:
            await inbox.put(update)
        except ServiceUnavailable:
            return web.Response(status=503, headers={"Retry-After": "2"})
        return web.Response()

    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_post(path, receive)
    return app


@asynccontextmanager
async def listening(inbox: Inbox, bot: Bot, settings: GatewaySettings) -> AsyncIterator[None]:
    """Serves the webhook and tells Telegram of it. Raises StartupError where the port is taken."""
    assert settings.telegram_webhook_url
    assert settings.telegram_webhook_secret
    secret = settings.telegram_webhook_secret.get_secret_value()
    path = urlsplit(settings.telegram_webhook_url).path or "/"
    runner = web.AppRunner(application(inbox, path=path, secret=secret), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.webhook_host, settings.webhook_port).start()
        except OSError as error:
            address = f"{settings.webhook_host}:{settings.webhook_port}"
            raise StartupError(f"WEBHOOK_PORT: cannot listen on {address} ({error.strerror})") from error
        webhook = SetWebhook(
            url=settings.telegram_webhook_url,
            secret_token=secret,
            allowed_updates=HANDLED_KINDS,
            drop_pending_updates=False,
        )
        await until_answered(bot, webhook)
        log.info("webhook_set", path=path, port=settings.webhook_port)
        yield
    finally:
        await runner.cleanup()
