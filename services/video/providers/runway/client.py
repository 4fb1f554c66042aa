from typing import Final

import httpx
from runwayml import AsyncRunwayML

from services.chassis.errors import StartupError
from services.video.providers.runway.account import RunwayAccount

# Explicit, because the SDK would take it from a variable of its own.
BASE_URL: Final = "https://api.dev.runwayml.com"
# Servers of one's own that need no key still get a header, because the SDK insists on one.
PLACEHOLDER_KEY: Final = "no-key-needed"
WRITE_SECONDS: Final = 30.0
POOL_SECONDS: Final = 10.0
# Less than servers wait: an order that meets a connection just being closed may have been taken, or not.
KEEP_IDLE_SECONDS: Final = 20.0


def connect(account: RunwayAccount, *, total_seconds: float, max_requests: int) -> AsyncRunwayML:
    """Build a client that never retries; nothing is sent yet.

    `total_seconds` is how long an answer may be silent. Raises StartupError for a proxy that cannot be used.
    """
    key = account.runwayml_api_secret.get_secret_value() if account.runwayml_api_secret else PLACEHOLDER_KEY
    return AsyncRunwayML(
        api_key=key,
        base_url=account.runwayml_base_url or BASE_URL,
        max_retries=0,  # a task that is submitted twice is made, and paid, twice
        http_client=http_client(account, total_seconds=total_seconds, max_requests=max_requests),
    )


def http_client(account: RunwayAccount, *, total_seconds: float, max_requests: int) -> httpx.AsyncClient:
    """Build what speaks HTTP for the vendor. It follows no redirects. Raises StartupError."""
    proxy = account.runway_proxy.get_secret_value() if account.runway_proxy else None
    try:
        return httpx.AsyncClient(
            proxy=proxy,
            timeout=httpx.Timeout(
                connect=account.runway_connect_timeout_seconds,
                read=total_seconds,
                write=WRITE_SECONDS,
                pool=POOL_SECONDS,
            ),
            limits=httpx.Limits(
                max_connections=max_requests + 1,
                max_keepalive_connections=max_requests,
                keepalive_expiry=KEEP_IDLE_SECONDS,
            ),
        )
    except (ImportError, ValueError) as error:
        raise StartupError(f"RUNWAY_PROXY cannot be used: {type(error).__name__}") from error
