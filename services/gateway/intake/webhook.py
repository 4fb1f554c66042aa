import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import GetWebhookInfo, SetWebhook
from aiohttp import web

from services.chassis.errors import ServiceUnavailable, StartupError
from services.chassis.signals import ended
from services.gateway.delivery.outcomes import describe
from services.gateway.intake.inbox import Inbox
from services.gateway.intake.senders import Senders
from services.gateway.settings import GatewaySettings
from services.gateway.telegram import until_answered
from services.gateway.updates import HANDLED_KINDS

log = structlog.get_logger()

MAX_BODY_BYTES = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


def application(inbox: Inbox, *, path: str, secret: str, senders: Senders) -> web.Application:
    """The webhook: 200 only when the update is stored; anything else makes Telegram send it again.

    https://core.telegram.org/bots/api#setwebhook
    """

    async def receive(request: web.Request) -> web.Response:
        forwarded_for = ",".join(request.headers.getall("X-Forwarded-For", ()))
        if not senders.admits(request.remote, forwarded_for):
            log.warning("webhook_refused", remote=request.remote)
            return web.Response(status=403)
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
    """Serves the webhook and keeps Telegram knowing it. Raises StartupError where the port is taken."""
    assert settings.telegram_webhook_url
    assert settings.telegram_webhook_secret
    secret = settings.telegram_webhook_secret.get_secret_value()
    path = urlsplit(settings.telegram_webhook_url).path or "/"
    senders = Senders(settings.telegram_webhook_networks, settings.webhook_trusted_proxies)
    app = application(inbox, path=path, secret=secret, senders=senders)
    runner = web.AppRunner(app, access_log=None)
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
            drop_pending_updates=settings.telegram_drop_pending,
        )
        await _announce(bot, webhook)
        keeping = asyncio.create_task(_keep(bot, webhook, settings.telegram_webhook_check_seconds))
        try:
            yield
        finally:
            await ended({keeping})
    finally:
        await runner.cleanup()


async def _announce(bot: Bot, webhook: SetWebhook) -> None:
    is_switch = (await until_answered(bot, GetWebhookInfo())).url != webhook.url
    # Set each time, because the secret may be another one; what waits is dropped by a switch alone.
    changes = {"drop_pending_updates": webhook.drop_pending_updates and is_switch}
    await until_answered(bot, webhook.model_copy(update=changes))
    log.info("webhook_set", path=urlsplit(webhook.url).path, is_switch=is_switch)


async def _keep(bot: Bot, webhook: SetWebhook, seconds: float) -> None:
    """Set it again where somebody has deleted it: a gateway that polled and ended after this one began.

    No event tells of that, and without it updates would wait at Telegram for good.
    """
    without_dropping = webhook.model_copy(update={"drop_pending_updates": False})
    while True:
        await asyncio.sleep(seconds)
        try:
            if (await bot(GetWebhookInfo())).url != webhook.url:
                await bot(without_dropping)
                log.warning("webhook_restored", path=urlsplit(webhook.url).path)
        except AiogramError as error:
            log.warning("webhook_not_checked", detail=describe(error))
