from dataclasses import dataclass
from typing import Final

import httpx2
from google import genai
from google.genai.types import HttpOptions, HttpRetryOptions

from services.chassis.errors import StartupError
from services.providers.google.account import GoogleAccount
from services.providers.google.responses import Responses

# Explicit, because the SDK would take them from variables of its own.
BASE_URL: Final = "https://generativelanguage.googleapis.com"
API_VERSION: Final = "v1"
# Servers of one's own that need no key still get a header, because the SDK insists on one.
PLACEHOLDER_KEY: Final = "no-key-needed"
WRITE_SECONDS: Final = 10.0
POOL_SECONDS: Final = 5.0
# TLS handshakes to the vendor cost more than idle connections.
KEEP_IDLE_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Connection:
    """The SDK's client, with what is needed to close it and each of its responses."""

    client: genai.Client
    http: httpx2.AsyncClient
    responses: Responses

    async def aclose(self) -> None:
        await self.client.aio.aclose()
        await self.http.aclose()
        self.client.close()


def connect(account: GoogleAccount, *, total_seconds: float, max_requests: int) -> Connection:
    """Build a client that never retries; nothing is sent yet.

    `total_seconds` bounds one request; the caller's own deadlines are shorter. Raises StartupError for a
    proxy that cannot be used.
    """
    responses = Responses()
    http = _http_client(account, responses, total_seconds, max_requests)
    key = account.google_api_key.get_secret_value() if account.google_api_key else PLACEHOLDER_KEY
    client = genai.Client(
        vertexai=False,
        api_key=key,
        http_options=HttpOptions(
            base_url=account.google_base_url or BASE_URL,
            api_version=API_VERSION,
            httpx_async_client=http,
            # Interactions would be asked up to five times by default: an order made twice is paid twice.
            retry_options=HttpRetryOptions(attempts=1),
        ),
    )
    return Connection(client, http, responses)


def _http_client(
    account: GoogleAccount, responses: Responses, total_seconds: float, max_requests: int
) -> httpx2.AsyncClient:
    # A client of our own: the SDK's aiohttp one asks again by itself when it cannot connect, knows no limit
    # for connecting, and does not go through SOCKS.
    limits = httpx2.Timeout(
        connect=account.google_connect_timeout_seconds,
        read=total_seconds,
        write=WRITE_SECONDS,
        pool=POOL_SECONDS,
    ).as_dict()

    async def limit(request: httpx2.Request) -> None:
        # The SDK has one figure for all of them and overrides the client's.
        request.extensions["timeout"] = limits

    proxy = account.google_proxy.get_secret_value() if account.google_proxy else None
    try:
        return httpx2.AsyncClient(
            proxy=proxy,
            event_hooks={"request": [limit], "response": [responses.note]},
            limits=httpx2.Limits(
                max_connections=max_requests + 1,
                max_keepalive_connections=max_requests,
                keepalive_expiry=KEEP_IDLE_SECONDS,
            ),
        )
    except (ImportError, ValueError) as error:
        raise StartupError(f"GOOGLE_PROXY cannot be used: {type(error).__name__}") from error
