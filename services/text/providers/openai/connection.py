from typing import Final

from services.providers.openai import connection
from services.text.providers.openai.audio import OpenAISpeech
from services.text.providers.openai.embedding import OpenAIEmbedding
from services.text.providers.openai.provider import OpenAIProvider
from services.text.providers.openai.settings import OpenAISettings
from services.text.providers.speech import SpeechModels

VOICE_SECONDS: Final = 75.0
EMBEDDING_SECONDS: Final = 30.0


def connect(
    settings: OpenAISettings,
    *,
    max_streams: int,
    voice_timeout_seconds: float = VOICE_SECONDS,
    embedding_timeout_seconds: float = EMBEDDING_SECONDS,
) -> OpenAIProvider:
    """Build the provider; nothing is sent yet. Raises StartupError for a proxy that cannot be used."""
    timeouts = settings.openai_timeouts
    client = connection.connect(settings, total_seconds=timeouts.total_seconds, max_requests=max_streams)
    speech = OpenAISpeech(
        client,
        SpeechModels(settings.openai_transcription_model, settings.openai_speech_model),
        voice=settings.openai_voice,
        timeout_seconds=voice_timeout_seconds,
    )
    model = settings.openai_embedding_model
    embedding = OpenAIEmbedding(client, model, timeout_seconds=embedding_timeout_seconds) if model else None
    return OpenAIProvider(
        client, api=settings.openai_api, timeouts=timeouts, speech=speech, embedding=embedding
    )
