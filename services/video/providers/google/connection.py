from services.providers.google import connection
from services.video.providers.google.provider import GoogleVideos
from services.video.providers.google.settings import GoogleVideoSettings


def connect(settings: GoogleVideoSettings, *, submit_seconds: float, max_requests: int) -> GoogleVideos:
    """Build the provider; nothing is sent yet. Raises StartupError for a proxy that cannot be used."""
    opened = connection.connect(settings, total_seconds=submit_seconds, max_requests=max_requests)
    key = (
        settings.google_api_key.get_secret_value() if settings.google_api_key else connection.PLACEHOLDER_KEY
    )
    return GoogleVideos(
        opened,
        model_ids=settings.google_video_model_ids,
        hosts=settings.google_output_hosts,
        own_server=settings.google_base_url,
        key=key,
        submit_seconds=submit_seconds,
    )
