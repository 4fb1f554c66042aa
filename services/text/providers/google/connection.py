from typing import Final

import httpx2
from google import genai
from google.genai.types import HttpOptions

from services.chassis.errors import StartupError
from services.text.providers.deadlines import Timeouts
from services.text.providers.google.audio import GoogleSpeech
from services.text.providers.google.provider import GoogleProvider
from services.text.providers.google.responses import Responses
from services.text.providers.google.settings import GoogleSettings
from services.text.providers.speech import SpeechModels

# Explicit, because the SDK would take them from variables of its own.
BASE_URL: Final = "https://generativelanguage.googleapis.com"
API_VERSION: Final = "v1"
# Servers of one's own that need no key still get a header, because the SDK insists on one.
PLACEHOLDER_KEY: Final = "no-key-needed"
WRITE_SECONDS: Final = 10.0
POOL_SECONDS: Final = 5.0
# TLS handshakes to the vendor cost more than idle connections.
KEEP_IDLE_SECONDS: Final = 60.0
VOICE_SECONDS: Final = 75.0


def connect(
    settings: GoogleSettings, *, max_streams: int, voice_timeout_seconds: float = VOICE_SECONDS
) -> GoogleProvider:
    """Build the provider; nothing is sent yet. Raises StartupError for a proxy that cannot be used."""
    timeouts = settings.google_timeouts
    responses = Responses()
    http = _http_client(settings, timeouts, responses, max_streams)
    key = settings.google_api_key.get_secret_value() if settings.google_api_key else PLACEHOLDER_KEY
    client = genai.Client(
        vertexai=False,
        api_key=key,
        http_options=HttpOptions(
            base_url=settings.google_base_url or BASE_URL,
            api_version=API_VERSION,
            httpx_async_client=http,
        ),
    )
    speech = GoogleSpeech(
        client,
        SpeechModels(settings.google_transcription_model, settings.google_speech_model),
        voice=settings.google_voice,
        timeout_seconds=voice_timeout_seconds,
    )
    return GoogleProvider(client, http, responses, timeouts=timeouts, speech=speech)


def _http_client(
    settings: GoogleSettings, timeouts: Timeouts, responses: Responses, max_streams: int
) -> httpx2.AsyncClient:
    # A client of our own: the SDK's aiohttp one asks again by itself when it cannot connect, knows no limit
    # for connecting, and does not go through SOCKS.
    limits = httpx2.Timeout(
        connect=timeouts.connect_seconds,
        read=timeouts.total_seconds,  # the provider's own deadlines are the shorter ones
        write=WRITE_SECONDS,
        pool=POOL_SECONDS,
    ).as_dict()

    async def limit(request: httpx2.Request) -> None:
        # The SDK has one figure for all of them and overrides the client's.
        request.extensions["timeout"] = limits

    proxy = settings.google_proxy.get_secret_value() if settings.google_proxy else None
    try:
        return httpx2.AsyncClient(
            proxy=proxy,
            event_hooks={"request": [limit], "response": [responses.note]},
            limits=httpx2.Limits(
                max_connections=max_streams + 1,
                max_keepalive_connections=max_streams,
                keepalive_expiry=KEEP_IDLE_SECONDS,
            ),
        )
    except (ImportError, ValueError) as error:
        raise StartupError(f"GOOGLE_PROXY cannot be used: {type(error).__name__}") from error
