from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from services.chassis.errors import StartupError
from services.gateway.links.addresses import FOLDER
from services.gateway.links.downloads import STALL_SECONDS, Downloads, Videos
from services.gateway.links.places import Places
from services.gateway.links.seal import Seal
from services.gateway.links.settings import LinkSettings

log = structlog.get_logger()

CLOSING_SECONDS: Final = 5.0


def application(downloads: Downloads, *, prefix: str) -> web.Application:
    """The site: nothing but the addresses of videos, under the path of the public address."""
    app = web.Application(client_max_size=0)
    app.router.add_get(f"{prefix}/{FOLDER}/{{token:[A-Za-z0-9_-]+}}", downloads.answer)
    return app


@asynccontextmanager
async def serving_links(settings: LinkSettings, videos: Videos) -> AsyncIterator[None]:
    """Serve links for the block, if there is a public address. Raises StartupError if the port is taken."""
    if not settings.public_url or settings.link_secret is None:
        yield
        return
    seal = Seal(settings.link_secret.get_secret_value())
    downloads = Downloads(seal, videos, Places(), stall_seconds=STALL_SECONDS)
    # No access log: whoever reads it could follow the links.
    site = application(downloads, prefix=urlsplit(settings.public_url).path)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=CLOSING_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.links_host, settings.links_port).start()
        except OSError as error:
            address = f"{settings.links_host}:{settings.links_port}"
            raise StartupError(f"LINKS_PORT: cannot listen on {address} ({error.strerror})") from error
        log.info("links_served", port=settings.links_port)
        yield
    finally:
        await runner.cleanup()
