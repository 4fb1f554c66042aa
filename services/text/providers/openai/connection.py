from typing import Final

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, DefaultAsyncHttpxClient

from services.chassis.errors import StartupError
from services.text.providers.deadlines import Timeouts
from services.text.providers.openai.audio import OpenAISpeech
from services.text.providers.openai.provider import OpenAIProvider
from services.text.providers.openai.settings import OpenAISettings
from services.text.providers.speech import SpeechModels

# Servers of one's own that need no key still get a header, because the SDK insists on one.
PLACEHOLDER_KEY: Final = "no-key-needed"
WRITE_SECONDS: Final = 10.0
POOL_SECONDS: Final = 5.0
# TLS handshakes to the vendor cost more than idle connections.
KEEP_IDLE_SECONDS: Final = 60.0
VOICE_SECONDS: Final = 75.0


def connect(
    settings: OpenAISettings, *, max_streams: int, voice_timeout_seconds: float = VOICE_SECONDS
) -> OpenAIProvider:
    """Build the provider; nothing is sent yet. Raises StartupError for a proxy that cannot be used."""
    timeouts = settings.openai_timeouts
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else PLACEHOLDER_KEY
    client = AsyncOpenAI(
        api_key=key,
        base_url=settings.openai_base_url or None,
        max_retries=0,  # the service retries by itself, and only what is safe
        http_client=_http_client(settings, timeouts, max_streams),
    )
    speech = OpenAISpeech(
        client,
        SpeechModels(settings.openai_transcription_model, settings.openai_speech_model),
        voice=settings.openai_voice,
        timeout_seconds=voice_timeout_seconds,
    )
    return OpenAIProvider(client, api=settings.openai_api, timeouts=timeouts, speech=speech)


def _http_client(settings: OpenAISettings, timeouts: Timeouts, max_streams: int) -> httpx2.AsyncClient:
    proxy = settings.openai_proxy.get_secret_value() if settings.openai_proxy else None
    # aiohttp parses HTTP in C and so carries more tokens per second; it cannot go through SOCKS.
    kind = DefaultAsyncHttpxClient if proxy and proxy.startswith("socks") else DefaultAioHttpClient
    try:
        return kind(
            proxy=proxy,
            timeout=httpx2.Timeout(
                connect=timeouts.connect_seconds,
                read=timeouts.total_seconds,  # the provider's own deadlines are the shorter ones
                write=WRITE_SECONDS,
                pool=POOL_SECONDS,
            ),
            limits=httpx2.Limits(
                max_connections=max_streams + 1,
                max_keepalive_connections=max_streams,
                keepalive_expiry=KEEP_IDLE_SECONDS,
            ),
        )
    except (ImportError, ValueError) as error:
        raise StartupError(f"OPENAI_PROXY cannot be used: {type(error).__name__}") from error
