from services.image.providers.openai.provider import OpenAIImages
from services.image.providers.openai.request import Manner
from services.image.providers.openai.settings import OpenAIImageSettings
from services.providers.openai import connection


def connect(settings: OpenAIImageSettings, *, max_requests: int) -> OpenAIImages:
    """Build the provider; nothing is sent yet. Raises StartupError for a proxy that cannot be used."""
    timeouts = settings.openai_image_timeouts
    client = connection.connect(settings, total_seconds=timeouts.total_seconds, max_requests=max_requests)
    manner = Manner(settings.openai_image_quality, settings.openai_image_previews)
    return OpenAIImages(client, manner=manner, timeouts=timeouts)
