from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from services.sandbox.telegram.bot_api import BotApi
from services.sandbox.telegram.control import (
    chats,
    files,
    inline,
    instruments,
    media,
    membership,
    messages,
    people,
    presses,
    threads,
    view,
)
from services.sandbox.telegram.control.request import SANDBOX, answer
from services.sandbox.telegram.dispatch import Dispatcher
from services.sandbox.telegram.errors import ApiError, ControlError
from services.sandbox.telegram.methods.registry import all_methods
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.settings import TelegramSandboxSettings
from services.sandbox.telegram.webhook import WebhookDelivery

_PAGE: Final = Path(__file__).resolve().parent / "page"
_SECURITY: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_CONTROL: Final = (
    people,
    chats,
    membership,
    messages,
    media,
    files,
    presses,
    inline,
    threads,
    view,
    instruments,
)
# An album of ten photos of the largest size, and its form.
_MAX_BODY_BYTES: Final = 101 * 1024 * 1024


def build(settings: TelegramSandboxSettings) -> web.Application:
    """The stand-in as an aiohttp application: Bot API, chat page and control API."""
    sandbox = Sandbox(settings)
    dispatcher = Dispatcher(sandbox, all_methods())
    bot_api = BotApi(dispatcher, sandbox.files, settings.sandbox_bot_token)
    app = web.Application(middlewares=[_control_errors], client_max_size=_MAX_BODY_BYTES)
    app[SANDBOX] = sandbox
    app.router.add_route("*", "/bot{token:[^/]*}/{method}", bot_api.handle)
    app.router.add_get("/file/bot{token:[^/]*}/{path:.*}", bot_api.handle_file)
    for module in (
        people,
        chats,
        membership,
        messages,
        media,
        files,
        presses,
        inline,
        threads,
        view,
        instruments,
    ):
        app.router.add_routes(module.ROUTES)
    app.router.add_get("/", _page)
    app.router.add_get("/page/{path:.+}", _page)

    async def webhook(_: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:
            delivery = WebhookDelivery(sandbox, dispatcher, session)
            sandbox.on_webhook_changed = delivery.restart
            sandbox.updates.on_added = delivery.offer
            yield
            await delivery.close()

    async def end_streams(_: web.Application) -> None:
        sandbox.events.close()
        sandbox.updates.abort_poll("Conflict: the server is shutting down")
        for chat in sandbox.chats.values():
            chat.clear_timers()

    app.cleanup_ctx.append(webhook)
    app.on_shutdown.append(end_streams)
    return app


async def _page(request: web.Request) -> web.StreamResponse:
    """A file of the chat page; nothing outside its folder and nothing hidden."""
    path = (_PAGE / request.match_info.get("path", "index.html")).resolve()
    inside = path.relative_to(_PAGE).parts if path.is_relative_to(_PAGE) else (".",)
    if any(part.startswith(".") for part in inside) or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=_SECURITY)


@web.middleware
async def _control_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ControlError as error:
        return answer({"error": str(error)}, error.status)
    except ApiError as error:
        return answer({"error": error.description}, error.code)
