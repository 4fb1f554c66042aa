import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import structlog
import uvicorn
from starlette.applications import Starlette

from services.admin.panel.settings import PanelSettings
from services.chassis.errors import StartupError

log = structlog.get_logger()

GRACE_SECONDS: Final = 3
BACKLOG: Final = 256


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process has its own."""
        yield


@asynccontextmanager
async def serving_panel(settings: PanelSettings, application: Starlette) -> AsyncIterator[None]:
    """Serve the panel while the block runs. Raises StartupError where the port is taken."""
    server = _Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=settings.panel_trusted_proxies,
            timeout_graceful_shutdown=GRACE_SECONDS,
            ws="none",
        )
    )
    listening = _listen(settings.panel_host, settings.panel_port)
    working = asyncio.create_task(server.serve(sockets=[listening]))
    log.info("panel_serving", port=settings.panel_port)
    try:
        yield
    finally:
        server.should_exit = True
        await working
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise StartupError(
            f"Cannot listen on {host}:{port}. Stop what uses the port, or set PANEL_PORT (or PANEL_HOST)."
        ) from error
    listening.setblocking(False)
    return listening
