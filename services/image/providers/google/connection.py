from services.image.providers.google.provider import GoogleImages
from services.image.providers.google.settings import GoogleImageSettings
from services.providers.google import connection


def connect(settings: GoogleImageSettings, *, max_requests: int) -> GoogleImages:
    """Build the provider; nothing is sent yet. Raises StartupError for a proxy that cannot be used."""
    timeouts = settings.google_image_timeouts
    opened = connection.connect(settings, total_seconds=timeouts.total_seconds, max_requests=max_requests)
    previewing = frozenset(settings.google_image_previewing_models)
    return GoogleImages(opened, timeouts=timeouts, previewing_models=previewing)
