from typing import Final

from services.providers.google import connection
from services.text.providers.google.audio import GoogleSpeech
from services.text.providers.google.embedding import GoogleEmbedding
from services.text.providers.google.provider import GoogleProvider
from services.text.providers.google.settings import GoogleSettings
from services.text.providers.speech import SpeechModels

VOICE_SECONDS: Final = 75.0
EMBEDDING_SECONDS: Final = 30.0


def connect(
    settings: GoogleSettings,
    *,
    max_streams: int,
    voice_timeout_seconds: float = VOICE_SECONDS,
    embedding_timeout_seconds: float = EMBEDDING_SECONDS,
) -> GoogleProvider:
    """Build the provider; nothing is sent yet. Raises StartupError for a proxy that cannot be used."""
    timeouts = settings.google_timeouts
    opened = connection.connect(settings, total_seconds=timeouts.total_seconds, max_requests=max_streams)
    speech = GoogleSpeech(
        opened.client,
        SpeechModels(settings.google_transcription_model, settings.google_speech_model),
        voice=settings.google_voice,
        timeout_seconds=voice_timeout_seconds,
    )
    model, client = settings.google_embedding_model, opened.client
    embedding = GoogleEmbedding(client, model, timeout_seconds=embedding_timeout_seconds) if model else None
    return GoogleProvider(opened, timeouts=timeouts, speech=speech, embedding=embedding)
