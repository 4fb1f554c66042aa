import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import nats
import nats.errors
import structlog
from nats.aio.client import Client, ServerVersion
from nats.js import JetStreamContext
from nats.js.errors import (
    APIError,
    BadRequestError,
    KeyWrongLastSequenceError,
    ServiceUnavailableError,
)

from services.chassis.errors import ServiceUnavailable, StartupError
from services.chassis.signals import Broadcast

log = structlog.get_logger()

# For per-key lifetimes, multi-filter consumers and `sync_interval`. Older servers silently ignore what they
# do not know, so asking for the version is the only way to notice.
OLDEST_SERVER: Final = (2, 12)
CONNECT_SECONDS: Final = 10.0
PING_SECONDS: Final = 1.0
WRONG_LAST_SEQUENCE: Final = (10071, 10164)


class ServerUnreachable(StartupError):
    """No NATS server answered in time."""


class UnsupportedServer(StartupError):
    """The NATS server is too old or runs without JetStream."""


class ConnectionLost(Exception):
    """The server ended the connection for good, for instance because the account expired."""


class Nats:
    """One connection to NATS, which reconnects for ever."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.js: JetStreamContext = client.jetstream()
        self.reconnected = Broadcast()

    async def ping(self) -> None:
        """Raise ServiceUnavailable unless the server answers within a second: a readiness check."""
        if not self.client.is_connected:
            raise ServiceUnavailable("NATS is not connected")
        try:
            # nats-py takes whole seconds by annotation only.
            await self.client.flush(timeout=int(PING_SECONDS))
        except nats.errors.Error as error:
            raise ServiceUnavailable("NATS does not answer") from error


class _Connection:
    """What nats-py reports about a connection, one log line per change of state."""

    def __init__(self) -> None:
        self.nats = Nats(Client())
        self.last_error: Exception | None = None
        self.owner: asyncio.Task[object] | None = None
        self.is_lost = False

    async def on_error(self, error: Exception) -> None:
        self.last_error = error
        if self.nats.client.is_connected:
            log.warning("nats_error", error=type(error).__name__, detail=str(error))

    async def on_disconnected(self) -> None:
        if self.owner is not None:
            log.warning("nats_disconnected")

    async def on_reconnected(self) -> None:
        log.info("nats_reconnected", server=str(self.nats.client.connected_server_version))
        self.nats.reconnected.send()

    async def on_closed(self) -> None:
        if self.owner is not None:
            log.error("nats_closed", error=type(self.last_error).__name__)
            self.is_lost = True
            self.owner.cancel()


@asynccontextmanager
async def connect(url: str, *, name: str, patience_seconds: float = CONNECT_SECONDS) -> AsyncIterator[Nats]:
    """Connect to JetStream, wait up to `patience_seconds` for the server, and stay connected for ever.

    `url` may list several servers, separated by commas. Raises ServerUnreachable or UnsupportedServer. A
    server that ends the connection for good cancels the block, which then raises ConnectionLost.
    """
    connection = _Connection()
    opened = connection.nats
    try:
        await _open(connection, url, name, patience_seconds)
        await _require_supported(opened)
        owner = connection.owner = asyncio.current_task()
        yield opened
    except asyncio.CancelledError:
        if not connection.is_lost or owner is None or owner.uncancel() > 0:
            raise
        raise ConnectionLost("NATS closed the connection") from connection.last_error
    finally:
        connection.owner = None
        # A server that is gone cannot be told goodbye.
        with suppress(OSError, nats.errors.Error):
            await opened.client.close()


async def _open(connection: _Connection, url: str, name: str, patience_seconds: float) -> None:
    try:
        async with asyncio.timeout(patience_seconds):
            await connection.nats.client.connect(
                servers=[server.strip() for server in url.split(",")],
                name=name,
                max_reconnect_attempts=-1,
                # nats-py takes whole seconds by annotation only.
                reconnect_time_wait=0.25,  # type: ignore[arg-type]
                connect_timeout=2,
                ping_interval=20,
                max_outstanding_pings=2,
                error_cb=connection.on_error,
                disconnected_cb=connection.on_disconnected,
                reconnected_cb=connection.on_reconnected,
                closed_cb=connection.on_closed,
            )
    except TimeoutError as error:
        cause = f" ({type(connection.last_error).__name__})" if connection.last_error else ""
        raise ServerUnreachable(
            f"No NATS server answered within {patience_seconds:g} s{cause}: start it, or correct NATS_URL."
        ) from error


async def _require_supported(opened: Nats) -> None:
    require_version(opened.client.connected_server_version)
    try:
        await opened.js.account_info()
    except (ServiceUnavailableError, APIError) as error:
        raise UnsupportedServer(
            "The NATS server at NATS_URL runs without JetStream: start it with -js or a jetstream block."
        ) from error


def require_version(version: ServerVersion) -> None:
    """Raise UnsupportedServer when the version is older than 2.12 or cannot be read."""
    try:
        found = (version.major, version.minor)
    except ValueError:
        found = (0, 0)
    if found < OLDEST_SERVER:
        raise UnsupportedServer(f"NATS_URL leads to {version}: Quartet needs 2.12 or newer.")


def is_conflict(error: BaseException) -> bool:
    """Tell whether a write to a bucket failed because another came first.

    `create` and `update` raise KeyWrongLastSequenceError, `delete` a plain BadRequestError.
    """
    return isinstance(error, KeyWrongLastSequenceError) or (
        isinstance(error, BadRequestError) and error.err_code in WRONG_LAST_SEQUENCE
    )
