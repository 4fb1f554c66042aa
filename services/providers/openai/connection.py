from typing import Final

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, DefaultAsyncHttpxClient

from services.chassis.errors import StartupError
from services.providers.openai.account import OpenAIAccount

# Servers of one's own that need no key still get a header, because the SDK insists on one.
PLACEHOLDER_KEY: Final = "no-key-needed"
WRITE_SECONDS: Final = 10.0
POOL_SECONDS: Final = 5.0
# TLS handshakes to the vendor cost more than idle connections.
KEEP_IDLE_SECONDS: Final = 60.0


def connect(account: OpenAIAccount, *, total_seconds: float, max_requests: int) -> AsyncOpenAI:
    """Build a client that never retries; nothing is sent yet.

    `total_seconds` bounds one request; the caller's own deadlines are shorter. Raises StartupError for a
    proxy that cannot be used.
    """
    key = account.openai_api_key.get_secret_value() if account.openai_api_key else PLACEHOLDER_KEY
    return AsyncOpenAI(
        api_key=key,
        base_url=account.openai_base_url or None,
        max_retries=0,  # the service retries by itself, and only what is safe
        http_client=_http_client(account, total_seconds, max_requests),
    )


def _http_client(account: OpenAIAccount, total_seconds: float, max_requests: int) -> httpx2.AsyncClient:
    proxy = account.openai_proxy.get_secret_value() if account.openai_proxy else None
    # aiohttp parses HTTP in C and so carries more tokens per second; it cannot go through SOCKS.
    kind = DefaultAsyncHttpxClient if proxy and proxy.startswith("socks") else DefaultAioHttpClient
    try:
        return kind(
            proxy=proxy,
            timeout=httpx2.Timeout(
                connect=account.openai_connect_timeout_seconds,
                read=total_seconds,
                write=WRITE_SECONDS,
                pool=POOL_SECONDS,
            ),
            limits=httpx2.Limits(
                max_connections=max_requests + 1,
                max_keepalive_connections=max_requests,
                keepalive_expiry=KEEP_IDLE_SECONDS,
            ),
        )
    except (ImportError, ValueError) as error:
        raise StartupError(f"OPENAI_PROXY cannot be used: {type(error).__name__}") from error
